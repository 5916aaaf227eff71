import { z } from "zod";
import type { Detector } from "#core/detector.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { markdownTable } from "./markdown-table.ts";

/** Renders `docs/reference/detectors/<id>.md`: what a detector looks at, its parameters, facts and rules. */
export function renderDetectorReference(
  { id, version, summary, audits, params, facts, reasons }: Detector,
  rules: readonly CompiledRule[],
): string {
  const using = rules.filter(({ detector }) => detector.id === id);
  return [
    `# ${id}`,
    "",
    "Made from the detector and its rules; do not edit.",
    "",
    `${summary} State version ${version}.${audits ? " It hears of audit events too." : ""}`,
    "",
    "## Rules",
    "",
    ...using.map(({ rule }) => `- [${rule.id}](../rules.md#${anchorOf(rule.id)}): ${rule.name}`),
    "",
    "## Parameters",
    "",
    markdownTable(["parameter", "default", "meaning"], parametersOf(params)),
    "",
    "## Reasons",
    "",
    markdownTable(["reason", "meaning"], rowsOf(reasons)),
    "",
    "## Facts of its findings",
    "",
    markdownTable(["fact", "meaning"], rowsOf(facts)),
    "",
    "## What it is wrong about",
    "",
    ...using.flatMap(({ rule }) => rule.false_positives.map((one) => `- ${one}`)),
    "",
  ].join("\n");
}

function parametersOf(params: Detector["params"]): string[][] {
  const schema = z.toJSONSchema(params, { io: "input", unrepresentable: "any" });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { default: value, description = "" } = property as z.core.JSONSchema.BaseSchema;
    return [`\`${name}\``, value === undefined ? "required" : JSON.stringify(value), description];
  });
}

function rowsOf(texts: Readonly<Record<string, string>>): string[][] {
  return Object.entries(texts).map(([name, text]) => [`\`${name}\``, text]);
}

/** How a heading is linked to: without its dots. */
function anchorOf(id: string): string {
  return id.replaceAll(".", "");
}
