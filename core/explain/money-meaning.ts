import type { Family } from "../finding/finding.ts";

/** What the money of a finding means. */
export interface MoneyMeaning {
  observed: string;
  expected: string;
}

const EPISODE: MoneyMeaning = {
  observed: "cost of the episode",
  expected: "cost up to the second occurrence",
};
const FLOW: MoneyMeaning = {
  observed: "cost of the flow",
  expected: "the flow class's own p99 (cold: ceiling × own mean call cost)",
};
const WINDOW: MoneyMeaning = {
  observed: "cost of the window",
  expected: "upper edge of the band",
};
const CREDENTIAL: MoneyMeaning = {
  observed: "cost of the contributing and following calls of that credential",
  expected: "its baseline spend of the window",
};
const GAP: MoneyMeaning = {
  observed: "amount unattributed, or missing on one side",
  expected: "0",
};

/** Observed and expected of each family; excess is the one less the other, unknown where unpriced. */
export const MONEY_MEANINGS: Readonly<Record<Family, MoneyMeaning>> = {
  "prompt-loop": EPISODE,
  "retry-storm": EPISODE,
  "runaway-agent": FLOW,
  "fan-out-spike": FLOW,
  "usage-anomaly": WINDOW,
  "model-escalation": WINDOW,
  llmjacking: CREDENTIAL,
  "credential-sharing": CREDENTIAL,
  "new-tenant": { observed: "cost since first seen", expected: "0" },
  "attribution-gap": GAP,
  "metering-gap": GAP,
  budget: { observed: "spend of the period", expected: "the budget, pro rata" },
  health: { observed: "no money of its own", expected: "0" },
};
