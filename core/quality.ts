/**
 * Quality codes: what was missing, inferred or in conflict about one event. Ingest and the fold
 * set them; findings carry them so that a reader can weigh the attribution.
 *
 * Attribution codes are `<field>.<how>`: the field of `OWNED_FIELDS`, and how its value came about.
 * A field without a code was stated by the event itself.
 */
export const OWNED_FIELDS = [
  "owner",
  "team",
  "service",
  "cost_center",
  "environment",
  "business_unit",
] as const;
export type OwnedField = (typeof OWNED_FIELDS)[number];

/**
 * How a field's value came about, with the confidence put on it (0..1). Order matters: the position
 * is the value's place in the bit set of `qualityCodes`.
 */
export const METHODS = {
  missing: 0,
  directory: 0.9,
  policy: 0.9,
  inherited: 0.8,
  conflict: 0.7,
} as const;
export type Method = keyof typeof METHODS;

/** Codes that do not belong to an owned field, with their meaning. */
export const OTHER_CODES = {
  "identity.missing": "Neither identity nor credential: unattributed usage of its source.",
  "identity.from_credential": "The identity is known by its credential's fingerprint only.",
  "identity.directory": "The identity was found in the directory by its credential.",
  "identity.conflict": "The event named another identity than the directory; the directory won.",
  "cost.unpriced": "No price is known for the model: the cost is unknown, not zero.",
  "cost.zero_suspect":
    "A cost of 0 was reported for tokens that are not free; it was priced instead.",
  "cost.currency": "The cost was reported in another currency than USD; no rate is guessed.",
  "cost.tier_assumed": "No price is known for the service tier; the standard price was used.",
  "cost.differs":
    "The reported cost lies more than 1 % beside the price book's, which is kept as `extra.priced_usd`.",
  "dup.conflict": "Another event with the same id and other content came before; both count.",
  "time.skew": "The time lay more than ten minutes ahead when the event came in.",
  "time.assumed_utc": "The source wrote a time without a zone; it was read as UTC.",
  "id.synthesised": "The source gives no id; one was made from the record itself.",
  "tok.semantics_inferred":
    "Whether the input count holds the cached tokens was inferred from the numbers, not declared.",
  "tok.total_mismatch": "The source's own token total is not the sum of its parts.",
  "tok.cache_unknown": "The source does not tell cached tokens apart; they may cost less.",
  "tok.missing": "The source tells no token counts.",
  "cost.estimated": "The cost is the client's own estimate at list price, not what is billed.",
  "identity.credential_missing": "The source does not tell which credential was used.",
  "net.missing": "The source does not tell where the call came from.",
  "net.pending": "Where the call came from is told by another record, which comes later.",
  "join.unmatched": "The other record of this call did not come within half an hour.",
  "feed.shadow": "A second record of calls that another feed counts; it never counts itself.",
  "lineage.session_only": "Calls are grouped, but the source does not tell which one caused which.",
  "sample.partial": "The source may have sampled: volumes are lower bounds.",
} as const;
export type OtherCode = keyof typeof OTHER_CODES;

const NAMES = Object.keys(METHODS) as Method[];
const CODES = OWNED_FIELDS.flatMap((field) => NAMES.map((method) => `${field}.${method}`));
/** Every code there is. */
export const QUALITY_CODES: readonly string[] = [...CODES, ...Object.keys(OTHER_CODES)];
const lists = new Map<number, readonly string[]>();

/** The bit of one attribution code in the set that `qualityCodes` reads. */
export function qualityBit(field: OwnedField, method: Method): number {
  return 1 << (OWNED_FIELDS.indexOf(field) * NAMES.length + NAMES.indexOf(method));
}

/** The codes of a bit set; equal sets share one frozen list, so that a million events cost a few lists. */
export function qualityCodes(bits: number): readonly string[] {
  let list = lists.get(bits);
  if (!list) {
    list = Object.freeze(CODES.filter((_, i) => (bits & (1 << i)) !== 0));
    lists.set(bits, list);
  }
  return list;
}

const METHOD_MEANINGS: Readonly<Record<Method, string>> = {
  missing: "The {field} is not known.",
  directory: "The {field} comes from the identity directory.",
  policy: "The {field} comes from the ownership policy.",
  inherited: "The {field} was stated by the root of the flow.",
  conflict: "The event and the directory disagree on the {field}; the event's stands.",
};

/** A quality code in words; null where there is no such code. */
export function qualityMeaning(code: string): string | null {
  if (code in OTHER_CODES) return OTHER_CODES[code as OtherCode];
  const [field = "", method = ""] = code.split(".");
  if (!CODES.includes(code)) return null;
  return METHOD_MEANINGS[method as Method].replace("{field}", field.replaceAll("_", " "));
}
