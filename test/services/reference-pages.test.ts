import { describe, expect, it } from "vitest";
import { ERRORS } from "#core/errors.ts";
import { renderConfigReference } from "#services/docs/config-reference.ts";
import { renderErrorReference } from "#services/docs/error-reference.ts";
import { markdownTable } from "#services/docs/markdown-table.ts";

const cellsOf = (page: string) =>
  page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

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

  it("keeps bars and line breaks inside a table cell", () => {
    expect(markdownTable(["a"], [["b|c\nd"]])).toBe("| a      |\n| ------ |\n| b\\|c d |");
  });
});
