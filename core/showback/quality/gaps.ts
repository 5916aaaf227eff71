import { methodOf, ownedField } from "../../attribution.ts";
import { modelName, type UsageEvent } from "../../event.ts";
import type { Pico } from "../../money.ts";
import { isUnattributed } from "../totals.ts";

/** What hides money from a statement, whose it is, and how to mend it. */
interface Gap {
  /** True for events that have it; `isBroken`: the parent that the call names never came. */
  has(event: UsageEvent, cost: Pico | null, isBroken: boolean): boolean;
  /** Who or what can be mended. */
  subject(event: UsageEvent): string | null | undefined;
  hint: string;
}

const hasCode = (event: UsageEvent, code: string): boolean =>
  event.quality?.includes(code) ?? false;
const source = (event: UsageEvent): string => `source ${event.source}`;
const identity = (event: UsageEvent): string => event.identity?.id ?? source(event);

export const GAPS = {
  "no identity": {
    has: (event) => hasCode(event, "identity.missing"),
    subject: source,
    hint: "Let the source send identity.id or the credential's fingerprint.",
  },
  "credential nobody registered": {
    has: (event) => hasCode(event, "identity.from_credential"),
    subject: (event) => event.identity?.credential,
    hint: "List the fingerprint with its owner in an identity file.",
  },
  "nobody to charge": {
    has: (event) => isUnattributed(event),
    subject: identity,
    hint: "Give the identity a team or cost centre in an identity or ownership file.",
  },
  "no owner": {
    has: (event) => ownedField(event, "owner") === undefined,
    subject: identity,
    hint: "Name who answers for the identity in an identity file.",
  },
  "environment assumed": {
    has: (event) => ownedField(event, "environment") === undefined,
    subject: identity,
    hint: "Say the environment; until then the usage counts as production.",
  },
  "tag against the directory": {
    has: (event) =>
      hasCode(event, "identity.conflict") ||
      methodOf(event, "team") === "conflict" ||
      methodOf(event, "cost_center") === "conflict",
    subject: identity,
    hint: "Correct the tag or the directory; until then the tag is charged at less confidence.",
  },
  "parent that never came": {
    has: (_, __, isBroken) => isBroken,
    subject: source,
    hint: "Send the call that the parent's span stands for, too; name no parent that is no call.",
  },
  "unpriced model": {
    has: (_, cost) => cost === null,
    subject: modelName,
    hint: "Add the model to a price file.",
  },
} as const satisfies Record<string, Gap>;

export type GapName = keyof typeof GAPS;
export const GAP_NAMES = Object.keys(GAPS) as GapName[];
