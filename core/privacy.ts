import { createHmac, hash } from "node:crypto";

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

const BLOCK = 64;
const HASH = 32;
/** Texts of more characters take the slower way. */
const SHORT = 4_096;

/**
 * HMAC-SHA-256 under the installation's key, first 16 bytes in hex: short prompts cannot be guessed from it.
 * By its definition (RFC 2104), with the padded keys in place: node's own spends more on its set-up than
 * on the hash of a message.
 */
export function createDigest(key: Uint8Array | string): Digest {
  const bytes = Buffer.from(key);
  const padded = bytes.length > BLOCK ? hash("sha256", bytes, "buffer") : bytes;
  const inner = Buffer.alloc(BLOCK + 3 * SHORT, 0x36);
  const outer = Buffer.alloc(BLOCK + HASH, 0x5c);
  for (const [i, byte] of padded.entries()) {
    inner[i]! ^= byte;
    outer[i]! ^= byte;
  }
  return (text) => {
    if (text.length > SHORT) {
      return `digest:${createHmac("sha256", key).update(text).digest("hex").slice(0, 32)}`;
    }
    const end = BLOCK + inner.write(text, BLOCK);
    outer.write(hash("sha256", inner.subarray(0, end), "binary"), BLOCK, "binary");
    return `digest:${hash("sha256", outer, "hex").slice(0, 32)}`;
  };
}
