import { CONTENT_KEYS, type Digest, holdsSecret } from "./privacy.ts";

const LONGEST_KEPT = 32;
const MAX_DEPTH = 6;
const MAX_ITEMS = 64;

/**
 * What may be kept of a record that could not be understood: its shape, with every string of 32
 * characters or more, every secret and all that stands under a content key as length and digest.
 * Deep and long parts are cut, so that hostile input stays small.
 */
export function redactRecord(raw: unknown, digest: Digest): string {
  return JSON.stringify(redact(raw, digest, 0, false));
}

function redact(value: unknown, digest: Digest, depth: number, isContent: boolean): unknown {
  if (typeof value === "string") {
    return isContent ? replaceText(value, digest) : redactText(value, digest);
  }
  if (typeof value !== "object" || value === null) return value ?? null;
  if (depth === MAX_DEPTH) return "…";
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ITEMS).map((item) => redact(item, digest, depth + 1, isContent));
  }
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      redactText(key, digest),
      redact(inner, digest, depth + 1, isContent || isContentKey(key)),
    ]),
  );
}

/** Names may be paths themselves, as those of attributes: `gen_ai.input.messages`. */
function isContentKey(key: string): boolean {
  return key.split(".").some((part) => CONTENT_KEYS.has(part));
}

function redactText(text: string, digest: Digest): string {
  return text.length < LONGEST_KEPT && !holdsSecret(text) ? text : replaceText(text, digest);
}

function replaceText(text: string, digest: Digest): string {
  return `${text.length} characters, ${digest(text)}`;
}
