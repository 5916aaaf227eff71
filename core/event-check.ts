import type { ErrorCode } from "./errors.ts";
import type { UsageEvent } from "./event.ts";
import { cleanEvent } from "./event-clean.ts";
import { SECTIONS, TOP_FIELDS, type FieldKind } from "./event-fields.ts";
import { parseUsd } from "./money.ts";
import { type Digest, holdsSecret, MAX_TAGS, MAX_TEXT } from "./privacy.ts";
import { parseTime, type EventTime } from "./time.ts";

/** Why one event was refused: a code of the error catalogue, the path inside the event, and a sentence. */
export interface EventProblem {
  code: ErrorCode;
  path: string;
  message: string;
}

export interface CheckedEvent {
  event: UsageEvent;
  at: EventTime;
}

/** What the way in decides about an event: whose it is and where it came from. */
export interface EventOrigin {
  /** Default of `source`. */
  source: string;
  /** The tenants the sender may write for; null: any. A payload that names another one is refused. */
  tenants: readonly string[] | null;
  digest: Digest;
}

/** The answers of a field check, ordered: a larger one wins over a smaller. */
const CLEAN = 0;
const NEEDS_CLEANING = 1;
const WRONG_TYPE = 2;
const BAD_VALUE = 3;

/**
 * Checks a parsed payload against the canonical event. Nearly every event is clean and is returned as
 * the very object that was parsed; one with unknown, null, empty, long or secret fields is rebuilt
 * without them.
 * Takes ownership of `raw`. Linear in the size of the payload, no recursion into unknown parts.
 */
export function checkEvent(raw: unknown, origin: EventOrigin): CheckedEvent | EventProblem {
  if (!isObject(raw)) return problem("MH_EVENT_NOT_OBJECT", "", "an event is a JSON object");
  let state = CLEAN;
  for (const key in raw) {
    const value = raw[key];
    const kind = TOP_FIELDS.get(key);
    const answer = kind ? checkField(kind, value) : checkSection(key, value);
    if (answer >= WRONG_TYPE) return fieldProblem(key, raw, answer);
    if (answer > state) state = answer;
  }
  const event = (state === CLEAN ? raw : cleanEvent(raw, origin.digest)) as unknown as UsageEvent;
  return complete(event, origin);
}

export function isProblem(checked: CheckedEvent | EventProblem): checked is EventProblem {
  return "code" in checked;
}

/** Fills what the way in knows and checks what every event must have. */
function complete(event: UsageEvent, origin: EventOrigin): CheckedEvent | EventProblem {
  if (!event.id) return problem("MH_EVENT_MISSING_FIELD", "id", "`id` is required");
  if (!event.time) return problem("MH_EVENT_MISSING_FIELD", "time", "`time` is required");
  const at = parseTime(event.time);
  if (at === null) {
    return problem("MH_EVENT_BAD_TIME", "time", "`time` is an RFC 3339 timestamp with a zone");
  }
  const { tenants } = origin;
  event.tenant ||= (tenants?.length === 1 && tenants[0]) || "default";
  if (tenants && !tenants.includes(event.tenant)) {
    return problem(
      "MH_EVENT_TENANT_MISMATCH",
      "tenant",
      "the sender may not write for this tenant",
    );
  }
  event.source ||= origin.source;
  event.type ??= "usage";
  return { event, at };
}

function checkSection(key: string, value: unknown): number {
  const section = SECTIONS.get(key);
  if (!section) return NEEDS_CLEANING;
  if (!isObject(value)) return value === null ? NEEDS_CLEANING : WRONG_TYPE;
  let state = CLEAN;
  for (const name in value) {
    const kind = section.get(name);
    const answer = kind ? checkField(kind, value[name]) : NEEDS_CLEANING;
    if (answer >= WRONG_TYPE) return answer;
    if (answer > state) state = answer;
  }
  return state;
}

function checkField(field: FieldKind, value: unknown): number {
  if (value === null) return NEEDS_CLEANING;
  switch (field.kind) {
    case "text":
      return typeof value === "string" ? checkText(value) : WRONG_TYPE;
    case "count":
      if (typeof value !== "number") return WRONG_TYPE;
      return Number.isSafeInteger(value) && value >= 0 ? CLEAN : BAD_VALUE;
    case "number":
      if (typeof value !== "number") return WRONG_TYPE;
      return Number.isFinite(value) && value >= 0 ? CLEAN : BAD_VALUE;
    case "choice":
      if (typeof value !== "string") return WRONG_TYPE;
      return field.choices.has(value) ? CLEAN : BAD_VALUE;
    case "money":
      if (typeof value !== "string") return WRONG_TYPE;
      return parseUsd(value) === null ? BAD_VALUE : CLEAN;
    case "label":
      if (typeof value === "number") return Number.isFinite(value) ? CLEAN : BAD_VALUE;
      return typeof value === "string" ? checkText(value) : WRONG_TYPE;
    case "tags":
      return checkTags(value);
  }
}

function checkText(value: string): number {
  return value === "" || value.length > MAX_TEXT || holdsSecret(value) ? NEEDS_CLEANING : CLEAN;
}

function checkTags(value: unknown): number {
  if (!isObject(value)) return WRONG_TYPE;
  let count = 0;
  for (const tag in value) {
    const text = value[tag];
    if (typeof text !== "string" || checkText(text) !== CLEAN) return NEEDS_CLEANING;
    if (checkText(tag) !== CLEAN || ++count > MAX_TAGS) return NEEDS_CLEANING;
  }
  return CLEAN;
}

/** Finds the first field that failed again, to name it: only refused events pay for the path. */
function fieldProblem(key: string, raw: Record<string, unknown>, answer: number): EventProblem {
  const section = SECTIONS.get(key);
  const value = raw[key];
  let path = key;
  let field = TOP_FIELDS.get(key);
  if (section && isObject(value)) {
    for (const name in value) {
      const kind = section.get(name);
      if (kind && checkField(kind, value[name]) === answer) {
        path = `${key}.${name}`;
        field = kind;
        break;
      }
    }
  }
  const expected = field ? describe(field) : "an object";
  return answer === WRONG_TYPE
    ? problem("MH_EVENT_WRONG_TYPE", path, `\`${path}\` must be ${expected}`)
    : problem("MH_EVENT_BAD_VALUE", path, `\`${path}\` must be ${expected}`);
}

function describe(field: FieldKind): string {
  switch (field.kind) {
    case "text":
      return "a string";
    case "count":
      return "a whole number from 0 to 9007199254740991";
    case "number":
      return "a finite number from 0";
    case "money":
      return "a decimal string with at most twelve decimals";
    case "label":
      return "a string or a number";
    case "tags":
      return "an object of strings";
    case "choice":
      return `one of ${[...field.choices].join(", ")}`;
  }
}

function problem(code: ErrorCode, path: string, message: string): EventProblem {
  return { code, path, message };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
