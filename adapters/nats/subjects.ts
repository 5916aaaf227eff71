import { createHash } from "node:crypto";

const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * A name as one token of a subject. Plain names stand as they are, any other as a marked hash: the
 * marker is no plain character, so no two names share a token. The true name is in the payload.
 */
export function subjectToken(name: string): string {
  if (PLAIN.test(name)) return name;
  // Lone surrogates would all become the same replacement character in UTF-8, hence UTF-16.
  return `=${createHash("sha256").update(Buffer.from(name, "utf16le")).digest("base64url")}`;
}

/** Stands where a tenant would for what belongs to none; no name has this token. */
export const NO_TENANT = "=";

/** A partition as it stands in subjects and keys. */
export function partitionToken(partition: number): string {
  return String(partition).padStart(2, "0");
}

/** The last tokens of a subject, from the end: its prefix may have any number of them. */
export function lastTokens(subject: string, count: number): string[] {
  return subject.split(".").slice(-count);
}
