import { createMatcher } from "./event-matcher.ts";
import type { UsageEvent } from "./event.ts";
import type { OwnedField } from "./quality.ts";

/** One line of the ownership policy: what an event must look like, and what then holds for it. */
export interface OwnershipRule {
  /** Field names of `MATCHABLE` to globs (`*` stands for any run of characters); all must match. */
  match: Readonly<Partial<Record<MatchField, string>>>;
  set: Readonly<Partial<Record<OwnedField, string>>>;
}

export const MATCHABLE = {
  tenant: (event) => event.tenant,
  source: (event) => event.source,
  "identity.id": (event) => event.identity?.id,
  "identity.credential": (event) => event.identity?.credential,
  "attribution.team": (event) => event.attribution?.team,
  "attribution.service": (event) => event.attribution?.service,
  "attribution.customer": (event) => event.attribution?.customer,
} as const satisfies Record<string, (event: UsageEvent) => string | undefined>;
export type MatchField = keyof typeof MATCHABLE;

/** What the policy says of an event: field by field, the first matching line that sets it. */
export type OwnershipPolicy = (event: UsageEvent) => Readonly<Partial<Record<OwnedField, string>>>;

const NOTHING = Object.freeze({});
const MAX_REMEMBERED = 10_000;

/** Compiles policy lines; answers are remembered by the matched fields, since few combinations ever occur. */
export function createOwnershipPolicy(rules: readonly OwnershipRule[]): OwnershipPolicy {
  if (rules.length === 0) return () => NOTHING;
  const fields = [...new Set(rules.flatMap((rule) => Object.keys(rule.match) as MatchField[]))];
  const compiled = rules.map(({ match, set }) => ({
    set,
    matches: createMatcher(MATCHABLE, match),
  }));
  const remembered = new Map<string, Readonly<Partial<Record<OwnedField, string>>>>();
  return (event) => {
    const key = JSON.stringify(fields.map((field) => MATCHABLE[field](event)));
    const known = remembered.get(key);
    if (known) return known;
    const answer: Partial<Record<OwnedField, string>> = {};
    for (const { set, matches } of compiled) {
      if (matches(event)) Object.assign(answer, { ...set, ...answer });
    }
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, answer);
    return answer;
  };
}
