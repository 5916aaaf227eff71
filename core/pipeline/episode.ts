import type { Entity, Facts, Observed, Signal } from "../detector.ts";
import { attributionConfidence } from "../attribution.ts";
import { COST_BASES, type CostBasis, modelName, type UsageEvent } from "../event.ts";
import type { EvidenceSample, Family, Subject } from "../finding/finding.ts";
import { formatUsd, type Pico } from "../money.ts";
import type { RuleFile } from "../rules/rule.ts";
import { rank, type Severity } from "../severity.ts";
import { type EventTime, HOUR, MINUTE } from "../time.ts";

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
}

/** Everything one running episode remembers: plain data of bounded size. */
export interface Episode {
  id: string;
  family: Family;
  entity: Entity;
  opened: EventTime;
  firstSeen: EventTime;
  lastSeen: EventTime;
  /** Largest level of its signals, 0 where they have none: of the running spell, which began at a time, and of those before. */
  level: number;
  spell: EventTime;
  levelBefore: number;
  /**
   * By rule, in the order they came. Rules of one family see the same calls, so their money is never
   * added up: the strongest of them speaks for the episode.
   */
  tallies: Tally[];
  /** Rules of other families that would have opened a finding, with the time of their first signal. */
  joined: Map<string, EventTime>;
  callsAtDetection: number;
  spendAtDetection: Pico | null;
  subject: Subject;
  attribution: NonNullable<UsageEvent["attribution"]>;
  basis: CostBasis;
  /** Sum of attribution confidence over the events seen, and their number. */
  attributed: number;
  weighed: number;
  quality: Map<string, number>;
  lineage: "edges" | "session" | "none";
  eventIds: string[];
  samples: EvidenceSample[];
  spendByModel: Map<string, Pico>;
  related: string[];
  /** Entries written so far, and what the last one said. */
  entries: number;
  told: {
    at: EventTime;
    rule: string;
    severity: Severity;
    calls: number;
    excess: Pico | null;
  } | null;
}

const FIRST_IDS = 4;
const MOST_IDS = 8;
const MOST_SAMPLES = 5;
const MOST_MODELS = 16;
const NOBODY: Subject = {
  identity: null,
  type: null,
  credential: null,
  owner: null,
  agent: null,
  flow: null,
};

/** An episode without an id, which it gets once it is known to be a finding. */
export function openEpisode(family: Family, signal: Signal, observed: Observed): Episode {
  return {
    id: "",
    family,
    entity: signal.entity,
    opened: observed.at,
    firstSeen: signal.since,
    lastSeen: observed.at,
    level: 0,
    spell: observed.at,
    levelBefore: 0,
    tallies: [],
    joined: new Map(),
    callsAtDetection: signal.calls,
    spendAtDetection: signal.observed,
    subject: subjectOf(signal.entity, observed),
    attribution: {},
    basis: "reported",
    attributed: 0,
    weighed: 0,
    quality: new Map(),
    lineage: "none",
    eventIds: [],
    samples: [],
    spendByModel: new Map(),
    related: [],
    entries: 0,
    told: null,
  };
}

/**
 * Adds the figures of a signal, and returns the tally of its rule. Sums only, so that the order of
 * arrival does not matter.
 */
export function addSignal(
  episode: Episode,
  rule: Pick<RuleFile, "id" | "confidence">,
  signal: Signal,
  observed: Observed,
): Tally {
  const tally = tallyOf(episode, rule, signal);
  episode.level = Math.max(episode.level, signal.level ?? 0);
  for (const seen of [episode, tally]) {
    seen.firstSeen = Math.min(seen.firstSeen, signal.since);
    seen.lastSeen = Math.max(seen.lastSeen, observed.at);
  }
  tally.facts = signal.facts;
  tally.reason = signal.reason;
  tally.calls += signal.calls;
  tally.observed += signal.observed ?? 0n;
  tally.expected += signal.expected;
  tally.unpriced += signal.unpriced;
  addRecent(tally, observed.at, lastHourOf(signal, observed.at));
  return tally;
}

function tallyOf(
  { tallies }: Episode,
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
  };
  tallies.push(tally);
  return tally;
}

/** The tally that speaks for the episode: the most severe, of equals the surest, whatever came first. */
export function leadOf({ tallies }: Episode): Tally {
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

function addEventId(episode: Episode, id: string): void {
  if (episode.eventIds.includes(id)) return;
  episode.eventIds.push(id);
  if (episode.eventIds.length > MOST_IDS) episode.eventIds.splice(FIRST_IDS, 1);
}

/** Adds what the event that caused a signal says of the episode. */
export function addEvidence(episode: Episode, { eventIds }: Signal, observed: Observed): void {
  const { event, cost } = observed;
  for (const id of eventIds) addEventId(episode, id);
  episode.subject = mergeSubject(episode.subject, subjectOf(episode.entity, observed));
  episode.attribution = { ...episode.attribution, ...event.attribution };
  episode.lineage = event.flow?.parent_span
    ? "edges"
    : episode.lineage === "none" && observed.flow !== null
      ? "session"
      : episode.lineage;
  const basis = event.cost?.basis ?? "unpriced";
  if (COST_BASES.indexOf(basis) > COST_BASES.indexOf(episode.basis)) episode.basis = basis;
  episode.attributed += attributionConfidence(event);
  episode.weighed += 1;
  for (const code of event.quality ?? []) {
    episode.quality.set(code, (episode.quality.get(code) ?? 0) + 1);
  }
  const model = modelName(event);
  if (
    model !== null &&
    (episode.spendByModel.has(model) || episode.spendByModel.size < MOST_MODELS)
  ) {
    episode.spendByModel.set(model, (episode.spendByModel.get(model) ?? 0n) + (cost ?? 0n));
  }
  if (episode.samples.length < MOST_SAMPLES) episode.samples.push(sampleOf(observed));
}

/** Who the calls are by. A finding about a source blames none of its callers. */
function subjectOf(entity: Entity, { event, flow }: Observed): Subject {
  if (entity.type === "source") return NOBODY;
  return {
    identity: event.identity?.id ?? null,
    type: event.identity?.type ?? null,
    credential: event.identity?.credential ?? null,
    owner: event.identity?.owner ?? null,
    agent: event.flow?.agent ?? null,
    flow,
  };
}

/** The newest answer of each kind; what an event does not say stays as it was. Of several agents none is named. */
function mergeSubject(known: Subject, newer: Subject): Subject {
  return {
    identity: newer.identity ?? known.identity,
    type: newer.type ?? known.type,
    credential: newer.credential ?? known.credential,
    owner: newer.owner ?? known.owner,
    agent: newer.agent === known.agent ? known.agent : null,
    flow: newer.flow ?? known.flow,
  };
}

function sampleOf({ event, cost }: Observed): EvidenceSample {
  return {
    id: event.id,
    time: event.time,
    model: modelName(event),
    input_tokens: event.usage?.input_tokens ?? null,
    output_tokens: event.usage?.output_tokens ?? null,
    cost: cost === null ? null : formatUsd(cost),
    status: event.outcome?.status ?? null,
  };
}
