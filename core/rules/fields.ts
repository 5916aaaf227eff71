import type { Observed } from "../detector.ts";
import { type FieldKind, SECTIONS, TAG_FIELDS, TOP_FIELDS } from "../event-fields.ts";
import { QUALITY_CODES } from "../quality.ts";

export type FieldValue = string | number;

/** A field of the event by its dotted name, as rules read it: undefined where the event does not say. */
export interface Field {
  readonly kind: FieldKind;
  readonly read: (observed: Observed) => FieldValue | undefined;
}

/** What rules may name besides the event's own fields: read from these, never stored. */
const DERIVED: Readonly<Record<string, Field>> = {
  "flow.root": text(({ flow }) => flow ?? undefined),
  "model.name": text(({ event }) => event.model?.requested ?? event.model?.served),
  "network.client": text(({ event }) => clientFamily(event.network?.user_agent)),
  "usage.uncached_input_tokens": {
    kind: { kind: "count" },
    read: ({ event: { usage } }) =>
      usage?.input_tokens === undefined
        ? undefined
        : Math.max(0, usage.input_tokens - (usage.cached_input_tokens ?? 0)),
  },
};

/** Readers of the fields that most rules name, which the engine can compile better than a look-up by name. */
const DIRECT: Readonly<Record<string, Field["read"]>> = {
  tenant: ({ event }) => event.tenant,
  "identity.id": ({ event }) => event.identity?.id,
  "identity.credential": ({ event }) => event.identity?.credential,
  "attribution.customer": ({ event }) => event.attribution?.customer,
  "flow.agent": ({ event }) => event.flow?.agent,
  "flow.span": ({ event }) => event.flow?.span,
  "flow.parent_span": ({ event }) => event.flow?.parent_span,
  "network.asn": ({ event }) => event.network?.asn?.toString(),
};

/** `quality.team.conflict`: the code, where the event carries it. */
const QUALITY = "quality.";

export const EVENT_FIELDS: readonly string[] = [
  ...TOP_FIELDS.keys(),
  ...[...SECTIONS].flatMap(([section, fields]) => [...fields.keys()].map((f) => `${section}.${f}`)),
];

export const RULE_FIELDS: readonly string[] = [
  ...EVENT_FIELDS,
  ...Object.keys(DERIVED),
  ...QUALITY_CODES.map((code) => `${QUALITY}${code}`),
];

export function isEventField(name: string): boolean {
  return EVENT_FIELDS.includes(name) || name.startsWith(TAG_FIELDS);
}

/** The field of that name; null where the event has none. */
export function fieldOf(name: string): Field | null {
  const derived = Object.hasOwn(DERIVED, name) ? DERIVED[name] : undefined;
  if (derived) return derived;
  if (name.startsWith(TAG_FIELDS)) {
    const tag = name.slice(TAG_FIELDS.length);
    return { kind: { kind: "text" }, read: ({ event }) => event.attribution?.tags?.[tag] };
  }
  if (name.startsWith(QUALITY)) {
    const code = name.slice(QUALITY.length);
    if (!QUALITY_CODES.includes(code)) return null;
    return {
      kind: { kind: "text" },
      read: ({ event }) => (event.quality?.includes(code) ? code : undefined),
    };
  }
  const top = TOP_FIELDS.get(name);
  if (top) {
    return { kind: top, read: DIRECT[name] ?? (({ event }) => looseOf(event)[name] as FieldValue) };
  }
  const [section = "", key = ""] = name.split(".");
  const kind = SECTIONS.get(section)?.get(key);
  if (!kind || kind.kind === "tags") return null;
  const direct = Object.hasOwn(DIRECT, name) ? DIRECT[name] : undefined;
  if (direct) return { kind, read: direct };
  const read: Field["read"] = ({ event }) =>
    (looseOf(event)[section] as Readonly<Record<string, FieldValue>> | undefined)?.[key];
  // Senders write these as text or as numbers; rules compare them as text.
  if (kind.kind === "label") return { kind, read: (observed) => read(observed)?.toString() };
  return { kind, read };
}

/** The family of a client: the first product token of its user agent (RFC 9110, 10.1.5), in lower case. */
export function clientFamily(userAgent: string | undefined): string | undefined {
  if (!userAgent) return undefined;
  let end = 0;
  for (; end < userAgent.length; end++) {
    const code = userAgent.charCodeAt(end);
    if (code === 47 /* slash */ || code === 32) break;
  }
  return end === 0 ? undefined : userAgent.slice(0, end).toLowerCase();
}

function text(read: Field["read"]): Field {
  return { kind: { kind: "text" }, read };
}

function looseOf(event: Observed["event"]): Readonly<Record<string, unknown>> {
  return event as unknown as Readonly<Record<string, unknown>>;
}
