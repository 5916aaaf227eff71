/** How far a site may go: show the figures, charge softly, charge. */
export const LEVELS = ["crawl", "walk", "run"] as const;
export type Level = (typeof LEVELS)[number];

/** What the measured gates look at, each a share 0..1; null where the period has nothing to measure it by. */
export interface Measured {
  /** Cost without team and cost centre. */
  unallocated_cost: number | null;
  /** Tokens without a price. */
  unpriced_tokens: number | null;
  /** AQ. */
  attribution_quality: number | null;
  /** Shared cost that a policy or charge could split. */
  shared_cost_with_rule: number | null;
  /** Cost on credentials whose owner has a name. */
  cost_on_owned_credentials: number | null;
}

interface Gate {
  gate: string;
  title: string;
  /** Whether the value must lie below the limit, or at least on it. */
  must: "below" | "at_least";
  /** A level without a limit only shows the value. */
  limits: Partial<Record<Level, number>>;
}

/** The thresholds of each level, of the showback reference. */
const GATES: readonly (Gate & { gate: keyof Measured })[] = [
  {
    gate: "unallocated_cost",
    title: "Cost without team and cost centre",
    must: "below",
    limits: { crawl: 0.2, walk: 0.1, run: 0.05 },
  },
  {
    gate: "unpriced_tokens",
    title: "Tokens without a price",
    must: "below",
    limits: { walk: 0.01, run: 0.001 },
  },
  {
    gate: "attribution_quality",
    title: "Attribution quality",
    must: "at_least",
    limits: { crawl: 0.6, walk: 0.8, run: 0.9 },
  },
  {
    gate: "shared_cost_with_rule",
    title: "Shared cost split by a rule",
    must: "at_least",
    limits: { walk: 0.9, run: 1 },
  },
  {
    gate: "cost_on_owned_credentials",
    title: "Cost on credentials with a named owner",
    must: "at_least",
    limits: { crawl: 0.7, walk: 0.9, run: 0.98 },
  },
];

/** Gates that nothing here can measure; they are for a person to answer. */
const NOT_MEASURED: readonly { title: string; levels: readonly Level[] }[] = [
  { title: "Difference to the provider's own bill", levels: ["walk", "run"] },
  { title: "Age of the price book's approval", levels: LEVELS },
  { title: "Closed periods without unexplained restatement", levels: ["walk", "run"] },
  { title: "Corrections for unauthorised usage booked", levels: ["walk", "run"] },
];

/** One gate's answer at one level. */
export interface GateResult {
  gate: keyof Measured;
  title: string;
  value: number | null;
  /** `< 0.2` or `>= 0.9`. */
  required: string;
  result: "pass" | "fail" | "not_measured";
}

/** Whether the measured gates of a level hold, and what is left to a person. */
export interface Readiness {
  level: Level;
  /** Of the measured gates; `not_measured` lists what it does not speak of. */
  result: GateResult["result"];
  gates: GateResult[];
  reasons: string[];
  not_measured: string[];
}

/** Answers every level, from showing to charging. */
export function readinessOf(measured: Measured): Readiness[] {
  return LEVELS.map((level) => {
    const gates = GATES.flatMap((gate): GateResult[] => {
      const limit = gate.limits[level];
      return limit === undefined ? [] : [check(gate, limit, measured[gate.gate])];
    });
    const failed = gates.filter(({ result }) => result === "fail");
    const unknown = gates.filter(({ result }) => result === "not_measured");
    const open = NOT_MEASURED.filter(({ levels }) => levels.includes(level));
    return {
      level,
      result: failed.length > 0 ? "fail" : unknown.length < gates.length ? "pass" : "not_measured",
      gates,
      reasons: failed.map(({ title, value, required }) => `${title}: ${value}, needs ${required}`),
      not_measured: [...unknown, ...open].map(({ title }) => title),
    };
  });
}

function check(
  { gate, title, must }: (typeof GATES)[number],
  limit: number,
  value: number | null,
): GateResult {
  const required = `${must === "below" ? "<" : ">="} ${limit}`;
  if (value === null) return { gate, title, value, required, result: "not_measured" };
  const holds = must === "below" ? value < limit : value >= limit;
  return { gate, title, value, required, result: holds ? "pass" : "fail" };
}
