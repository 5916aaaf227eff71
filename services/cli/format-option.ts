import { FORMATS, formatNamed } from "#core/formats/formats.ts";
import type { FormatChoice } from "../ingest/read-payload.ts";
import { usage } from "./command.ts";

export const FORMAT_OPTION = { type: "string", default: "auto" } as const;

const NAMES = ["auto", "native", ...FORMATS.map(({ name }) => name)];

export const FORMAT_HELP = `--format FORMAT    ${NAMES.join(", ")} (default: auto)`;

/** The format that `--format` names. Throws MH_USAGE. */
export function formatChoice(name: string): FormatChoice {
  if (name === "auto" || name === "native") return name;
  const format = formatNamed(name);
  if (!format) throw usage(`There is no format ${name}; there are ${NAMES.join(", ")}`);
  return format;
}
