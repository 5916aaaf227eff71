import { describe, expect, it } from "vitest";
import { DETECTORS } from "#detectors/index.ts";
import { SIGN_NAMES } from "#detectors/llmjacking/signs.ts";
import { ERRORS } from "#core/errors.ts";
import { CLOUDTRAIL_ACTIONS } from "#core/formats/cloudtrail-actions.ts";
import { FORMATS } from "#core/formats/formats.ts";
import { renderConfigReference } from "#services/docs/config-reference.ts";
import { renderDetectorReference } from "#services/docs/detector-reference.ts";
import { renderErrorReference } from "#services/docs/error-reference.ts";
import { FORMAT_SETUP } from "#services/docs/format-setup.ts";
import { renderFormatsPage } from "#services/docs/formats-page.ts";
import { markdownTable } from "#services/docs/markdown-table.ts";
import { PUBLIC_RULES } from "#services/docs/public-rules.ts";
import { loadRules } from "#services/rules/load.ts";

const cellsOf = (page: string) =>
  page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

const ACTIONS = new Set(Object.keys(CLOUDTRAIL_ACTIONS).map((action) => `\`${action}\``));

describe("reference pages", () => {
  it("shows type, default, meaning and variable of a key", () => {
    expect(cellsOf(renderConfigReference())).toContainEqual([
      "`api.port`",
      "whole number",
      "`8420`",
      "Port to listen on; 0 takes a free one.",
      "`METERHOUND_API__PORT`",
    ]);
  });

  it("gives every key of every file a meaning", () => {
    const rows = cellsOf(renderConfigReference());
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter((row) => row[3] === "")).toEqual([]);
  });

  it("lists every error of the catalogue once", () => {
    const codes = cellsOf(renderErrorReference()).map((row) => row[0]);
    expect(codes).toEqual(Object.keys(ERRORS).map((code) => `\`${code}\``));
  });

  it("says of every format what it carries, how it is sent and what it cannot tell", () => {
    const page = renderFormatsPage(FORMATS);
    for (const { name, title, routes, cannot, sometimes } of FORMATS) {
      const section = page.slice(page.indexOf(`## ${title}\n`));
      expect(section.startsWith(`## ${title}\n\n\`--format ${name}\``)).toBe(true);
      expect(FORMAT_SETUP[name]).toBeDefined();
      for (const route of routes) expect(page).toContain(`\`${route}\``);
      for (const code of [...cannot, ...sometimes])
        expect(page).toMatch(new RegExp(`\`${name}\` +\\| \`${code}\``));
    }
  });

  it("says of every action of CloudTrail which step of the kill chain it is", () => {
    const rows = cellsOf(renderFormatsPage(FORMATS)).filter(([action = ""]) => ACTIONS.has(action));
    expect(rows.filter(([, , , step]) => step!.startsWith("5:")).map(([action]) => action)).toEqual(
      ["`logging.read`", "`logging.changed`", "`logging.disabled`", "`logging.disabled`"],
    );
  });

  it("answers public rules with rules and signs that there are", () => {
    const known = new Set([...loadRules().map(({ rule }) => rule.id), ...SIGN_NAMES]);
    for (const [pack, , here] of PUBLIC_RULES) {
      const named = [...here.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
      expect(pack).not.toBe("");
      expect(named.length > 0 || here.startsWith("none: ")).toBe(true);
      const unknown = named.filter((name) => !known.has(name) && name !== "access.denied");
      expect(unknown).toEqual([]);
    }
  });

  it("gives every detector a page with its rules, reasons and facts", () => {
    const rules = loadRules();
    for (const detector of DETECTORS) {
      const page = renderDetectorReference(detector, rules);
      const names = [...Object.keys(detector.facts), ...Object.keys(detector.reasons)];
      for (const name of names) expect(page).toContain(`| \`${name}\``);
      expect(page).toMatch(/^- \[[a-z-]+\.[a-z-]+\]/m);
    }
  });

  it("keeps bars and line breaks inside a table cell", () => {
    expect(markdownTable(["a"], [["b|c\nd"]])).toBe("| a      |\n| ------ |\n| b\\|c d |");
  });
});
