import { createHmac } from "node:crypto";

/** Turns text that must not be kept into a keyed digest that can still be compared. */
export type Digest = (text: string) => string;

/** Longer strings are taken for text and kept as digests only. */
export const MAX_TEXT = 256;

/** Tags beyond these are not kept. */
export const MAX_TAGS = 32;

/** Keys under which senders put what was said; whatever stands there is digested. */
export const CONTENT_KEYS: ReadonlySet<string> = new Set([
  "messages",
  "prompt",
  "input",
  "output",
  "completion",
  "content",
  "text",
  "arguments",
  "result",
  "response",
]);

/** No live secret is shorter, so most strings need no look. */
const SHORTEST_SECRET = 20;

const SECRET =
  /(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9_-]{16,}|AIza[0-9A-Za-z_-]{30,}|ABSK[A-Za-z0-9+/=]{16,}|bedrock-api-key-[A-Za-z0-9+/=_-]{8,}|gsk_[A-Za-z0-9]{16,}|xai-[A-Za-z0-9]{16,}|hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{16,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,})|\b[Bb]earer\s+\S{8,}|-----BEGIN [A-Z ]*PRIVATE KEY/;

/**
 * True where the text holds something shaped like a live key or token. AWS access key ids
 * (`AKIA…`, `ASIA…`) are identifiers, not secrets, and may stay.
 */
export function holdsSecret(text: string): boolean {
  return text.length >= SHORTEST_SECRET && SECRET.test(text);
}

/** HMAC-SHA-256 under the installation's key, first 16 bytes in hex: short prompts cannot be guessed from it. */
export function createDigest(key: Uint8Array | string): Digest {
  return (text) => `digest:${createHmac("sha256", key).update(text).digest("hex").slice(0, 32)}`;
}
