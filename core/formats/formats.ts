import type { Format } from "./format.ts";
import { litellm } from "./litellm.ts";

/** Every foreign format; a new one is one file and one line here. Asked in this order by `auto`. */
export const FORMATS: readonly Format[] = [litellm];

export function formatNamed(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}
