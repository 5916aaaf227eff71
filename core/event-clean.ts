import { SECTIONS, TOP_FIELDS } from "./event-fields.ts";
import { CONTENT_KEYS, type Digest, holdsSecret, MAX_TAGS, MAX_TEXT } from "./privacy.ts";

type Scalar = string | number | boolean;

const MAX_EXTRA = 32;

/**
 * Rebuilds a checked payload without nulls and empty texts, with long texts and secrets as digests
 * and with unknown scalars under `extra` (32 at most). Unknown objects and lists are not kept, except
 * that what stands under a content key leaves its digest. Nothing is copied by assignment to a name the
 * sender chose on an ordinary object, so `__proto__` is a name like any other.
 */
export function cleanEvent(raw: Record<string, unknown>, digest: Digest): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  const extra = new Map<string, Scalar>();
  for (const [key, value] of Object.entries(raw)) {
    if (isNothing(value) || key === "quality") continue;
    const section = SECTIONS.get(key);
    if (TOP_FIELDS.has(key)) event[key] = cleanScalar(value as Scalar, digest);
    else if (section) event[key] = cleanSection(key, section, value as object, extra, digest);
    else if (key === "extra") keepScalars(value, extra, digest);
    else keepUnknown(key, value, extra, digest);
  }
  if (extra.size > 0) event["extra"] = Object.fromEntries([...extra].slice(0, MAX_EXTRA));
  return event;
}

function cleanSection(
  name: string,
  known: ReadonlyMap<string, unknown>,
  section: object,
  extra: Map<string, Scalar>,
  digest: Digest,
): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(section)) {
    if (isNothing(value)) continue;
    if (!known.has(key)) keepUnknown(`${name}.${key}`, value, extra, digest);
    else if (key === "tags") clean[key] = cleanTags(value as object, digest);
    else clean[key] = cleanScalar(value as Scalar, digest);
  }
  return clean;
}

function cleanTags(tags: object, digest: Digest): Record<string, Scalar> {
  const kept = Object.entries(tags)
    .filter((entry): entry is [string, Scalar] => isScalar(entry[1]) && entry[1] !== "")
    .slice(0, MAX_TAGS)
    .map(([key, value]) => [cleanText(key, digest), String(cleanScalar(value, digest))]);
  return Object.fromEntries(kept) as Record<string, Scalar>;
}

function keepScalars(value: unknown, extra: Map<string, Scalar>, digest: Digest): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) keepUnknown(key, inner, extra, digest);
}

function keepUnknown(
  path: string,
  value: unknown,
  extra: Map<string, Scalar>,
  digest: Digest,
): void {
  if (isNothing(value)) return;
  const name = path.slice(path.lastIndexOf(".") + 1);
  const key = cleanText(path, digest);
  if (CONTENT_KEYS.has(name)) extra.set(key, digest(textOf(value)));
  else if (isScalar(value)) extra.set(key, cleanScalar(value, digest));
}

/** A payload nested too deep to print again is told apart by nothing but its being so. */
function textOf(value: unknown): string {
  try {
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return "too deep";
  }
}

function cleanScalar(value: Scalar, digest: Digest): Scalar {
  return typeof value === "string" ? cleanText(value, digest) : value;
}

function cleanText(text: string, digest: Digest): string {
  return text.length > MAX_TEXT || holdsSecret(text) ? digest(text) : text;
}

/** Gateways write an empty text for what they do not know; absent says so. */
function isNothing(value: unknown): boolean {
  return value === null || value === "";
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
