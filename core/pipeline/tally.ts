import type { Facts, Signal } from "../detector.ts";
import type { Pico } from "../money.ts";
import type { RuleFile } from "../rules/rule.ts";
import { rank, type Severity } from "../severity.ts";
import { type EventTime, HOUR, MINUTE } from "../time.ts";

const MOST_MODELS = 16;

/** What the signals of one rule say of an episode. */
export interface Tally {
  rule: string;
  firstSeen: EventTime;
  lastSeen: EventTime;
  severity: Severity;
  /** The rule's own. */
  confidence: number;
  facts: Facts;
  reason: string;
  calls: number;
  observed: Pico;
  expected: Pico;
  unpriced: number;
  /** Excess by minute, the last hour of it. */
  recent: { minute: number; excess: Pico }[];
  /** Cost of the events that caused its signals. */
  spendByModel: Map<string, Pico>;
}

/** The tally of a rule, a fresh one where it has not spoken yet. */
export function tallyOf(
  tallies: Tally[],
  { id, confidence }: Pick<RuleFile, "id" | "confidence">,
  { since, facts, reason }: Signal,
): Tally {
  const known = tallies.find(({ rule }) => rule === id);
  if (known) return known;
  const tally: Tally = {
    rule: id,
    confidence,
    severity: "info",
    facts,
    reason,
    firstSeen: since,
    lastSeen: -Infinity,
    calls: 0,
    observed: 0n,
    expected: 0n,
    unpriced: 0,
    recent: [],
    spendByModel: new Map(),
  };
  tallies.push(tally);
  return tally;
}

/** Adds a signal that came at a time. Sums only, so that the order of arrival does not matter. */
export function addToTally(tally: Tally, signal: Signal, at: EventTime): void {
  tally.firstSeen = Math.min(tally.firstSeen, signal.since);
  tally.lastSeen = Math.max(tally.lastSeen, at);
  tally.facts = signal.facts;
  tally.reason = signal.reason;
  tally.calls += signal.calls;
  tally.observed += signal.observed ?? 0n;
  tally.expected += signal.expected;
  tally.unpriced += signal.unpriced;
  addRecent(tally, at, lastHourOf(signal, at));
}

/** Adds the cost of an event to what its model has cost, of a bounded number of models. */
export function addSpend({ spendByModel: spends }: Tally, model: string, cost: Pico): void {
  const before = spends.get(model);
  if (before !== undefined || spends.size < MOST_MODELS) spends.set(model, (before ?? 0n) + cost);
}

/** The tally that speaks for the episode: the most severe, of equals the surest, whatever came first. */
export function leadOf({ tallies }: { tallies: readonly Tally[] }): Tally {
  return tallies.reduce((lead, tally) => (isStronger(tally, lead) ? tally : lead));
}

function isStronger(a: Tally, b: Tally): boolean {
  const bySeverity = rank(a.severity) - rank(b.severity);
  if (bySeverity !== 0) return bySeverity > 0;
  return a.confidence === b.confidence ? a.rule < b.rule : a.confidence > b.confidence;
}

/** Observed minus expected; null where no contributing call has a price. */
export function excessOf(tally: Tally): Pico | null {
  return isUnpriced(tally) ? null : tally.observed - tally.expected;
}

export function isUnpriced({ unpriced, calls }: Tally): boolean {
  return unpriced === calls;
}

/** The excess of the hour up to the rule's last event, times 24; never below zero. */
export function projectedDaily(tally: Tally): Pico | null {
  if (isUnpriced(tally)) return null;
  const sum = tally.recent.reduce((total, { excess }) => total + excess, 0n);
  return sum > 0n ? sum * 24n : 0n;
}

/** A signal's excess; where it brings more than an hour at once, an hour's share of it. */
function lastHourOf({ observed, expected, since }: Signal, at: EventTime): Pico {
  const excess = (observed ?? 0n) - expected;
  const span = at - since;
  return span > HOUR ? (excess * BigInt(HOUR)) / BigInt(span) : excess;
}

/** Keeps one sum a minute, ascending, also where senders run minutes apart. */
function addRecent({ recent, lastSeen }: Tally, at: EventTime, excess: Pico): void {
  const minute = Math.floor(at / MINUTE);
  let place = recent.length;
  while (place > 0 && recent[place - 1]!.minute > minute) place--;
  const same = recent[place - 1];
  if (same?.minute === minute) same.excess += excess;
  else recent.splice(place, 0, { minute, excess });
  const oldest = Math.floor((lastSeen - HOUR) / MINUTE);
  while (recent.length > 0 && recent[0]!.minute <= oldest) recent.shift();
}
