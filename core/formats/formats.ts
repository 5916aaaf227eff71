import type { Format } from "./format.ts";
import { bedrock } from "./bedrock.ts";
import { cloudtrail } from "./cloudtrail.ts";
import { kong } from "./kong.ts";
import { litellm } from "./litellm.ts";

/** Every foreign format; a new one is one file and one line here. Asked in this order by `auto`. */
export const FORMATS: readonly Format[] = [litellm, kong, bedrock, cloudtrail];

export function formatNamed(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}
