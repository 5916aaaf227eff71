import type { UsageEvent } from "./event.ts";
import { TAG_FIELDS } from "./event-fields.ts";
import { matchesGlob } from "./glob.ts";
import type { OwnedField } from "./quality.ts";

/** One line of the ownership policy: what an event must look like, and what then holds for it. */
export interface OwnershipRule {
  /** Fields to globs (`*` stands for any run of characters); all must match, and an absent field matches none. */
  match: Readonly<Partial<Record<MatchField, string>>>;
  set: Readonly<Partial<Record<OwnedField, string>>>;
}

type Read = (event: UsageEvent) => string | undefined;

/** What a line may match on, besides `attribution.tags.<tag>`. */
export const MATCHABLE = {
  tenant: (event) => event.tenant,
  source: (event) => event.source,
  "identity.id": (event) => event.identity?.id,
  "identity.type": (event) => event.identity?.type,
  "identity.credential": (event) => event.identity?.credential,
  "attribution.team": (event) => event.attribution?.team,
  "attribution.service": (event) => event.attribution?.service,
  "attribution.cost_center": (event) => event.attribution?.cost_center,
  "attribution.customer": (event) => event.attribution?.customer,
  "attribution.environment": (event) => event.attribution?.environment,
  "flow.workflow": (event) => event.flow?.workflow,
  "flow.agent": (event) => event.flow?.agent,
  "model.provider": (event) => event.model?.provider,
  "model.requested": (event) => event.model?.requested,
  "network.ip": (event) => event.network?.ip,
  "network.asn": (event) => event.network?.asn?.toString(),
} as const satisfies Record<string, Read>;
type NamedField = keyof typeof MATCHABLE;
type TagField = `${typeof TAG_FIELDS}${string}`;
type MatchField = NamedField | TagField;

export function isMatchField(field: string): field is MatchField {
  return Object.hasOwn(MATCHABLE, field) || isTagField(field);
}

function isTagField(field: string): field is TagField {
  return field.startsWith(TAG_FIELDS) && field.length > TAG_FIELDS.length;
}

/** Reads a field that may be matched on. */
export function readerOf(field: MatchField): Read {
  if (!isTagField(field)) return MATCHABLE[field];
  const tag = field.slice(TAG_FIELDS.length);
  return (event) => event.attribution?.tags?.[tag];
}

/** What the policy says of an event: field by field, the first matching line that sets it. */
export type OwnershipPolicy = (event: UsageEvent) => Readonly<Partial<Record<OwnedField, string>>>;

const NOTHING = Object.freeze({});
const MAX_REMEMBERED = 10_000;

/** Compiles policy lines; answers are remembered by the matched fields, since few combinations ever occur. */
export function createOwnershipPolicy(rules: readonly OwnershipRule[]): OwnershipPolicy {
  if (rules.length === 0) return () => NOTHING;
  const fields = [...new Set(rules.flatMap(({ match }) => Object.keys(match) as MatchField[]))];
  const readers = fields.map(readerOf);
  const compiled = rules.map(({ match, set }) => ({
    set,
    tests: (Object.entries(match) as [MatchField, string][]).map(([field, glob]) => ({
      index: fields.indexOf(field),
      glob,
    })),
  }));
  const remembered = new Map<string, Readonly<Partial<Record<OwnedField, string>>>>();
  return (event) => {
    const values = readers.map((read) => read(event));
    const key = JSON.stringify(values);
    const known = remembered.get(key);
    if (known) return known;
    const answer: Partial<Record<OwnedField, string>> = {};
    for (const { set, tests } of compiled) {
      const matches = tests.every(({ index, glob }) => {
        const value = values[index];
        return value !== undefined && matchesGlob(glob, value);
      });
      if (matches) Object.assign(answer, { ...set, ...answer });
    }
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, answer);
    return answer;
  };
}
