import type { FactValue } from "../detector.ts";

/** What a title or explanation may name: `{subject.owner}`, `{showback.excess}`, `{facts.baseline.n}`. */
export type TemplateValues = Readonly<Record<string, Readonly<Record<string, FactValue>>>>;

const PLACE = /\{([a-z_]+(?:\.[a-z_0-9]+)+)\}/g;

/** The places a template names, for lint. */
export function placesOf(template: string): string[] {
  return [...template.matchAll(PLACE)].map((match) => match[1]!);
}

/** Fills a template; what is not known reads `unknown`, so that a gap is seen rather than skipped. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template
    .replace(PLACE, (_, path: string) => display(lookUp(path.split("."), values)))
    .trim();
}

function lookUp(path: readonly string[], values: TemplateValues): FactValue {
  let value: unknown = values;
  for (const part of path) value = (value as Record<string, unknown> | null | undefined)?.[part];
  return (value ?? null) as FactValue;
}

function display(value: FactValue): string {
  if (value === null || typeof value === "object") return "unknown";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 1 ? 3 : 1);
}
