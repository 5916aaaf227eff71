import type { FactValue } from "../detector.ts";

/** What a title or explanation may name: `{subject.owner}`, `{showback.excess}`, `{facts.baseline.n}`. */
export type TemplateValues = Readonly<Record<string, Readonly<Record<string, FactValue>>>>;

const PLACE = /\{([a-z_]+(?:\.[a-z_0-9]+)+)\}/g;
const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d\.\d{3}Z$/;

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

/** Thousands are separated, times end with the minute. */
function display(value: FactValue): string {
  if (value === null || typeof value === "object") return "unknown";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return value.replace(TIME, "$1 $2 UTC");
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value.toFixed(Math.abs(value) < 1 ? 3 : 1);
}
