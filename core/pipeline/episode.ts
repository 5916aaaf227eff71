import type { Entity, Facts, Observed, Signal } from "../detector.ts";
import { attributionConfidence } from "../attribution.ts";
import { COST_BASES, type CostBasis, modelName, type UsageEvent } from "../event.ts";
import type { EvidenceSample, Subject } from "../finding/finding.ts";
import { formatUsd, type Pico } from "../money.ts";
import type { Severity } from "../severity.ts";
import { type EventTime, HOUR, MINUTE } from "../time.ts";

/** Everything one running episode remembers: plain data of bounded size. */
export interface Episode {
  id: string;
  rule: string;
  entity: Entity;
  opened: EventTime;
  firstSeen: EventTime;
  lastSeen: EventTime;
  severity: Severity;
  /** Largest level of its signals, 0 where they have none: of the running spell, which began at a time, and of those before. */
  level: number;
  spell: EventTime;
  levelBefore: number;
  facts: Facts;
  reason: string;
  calls: number;
  observed: Pico;
  expected: Pico;
  unpriced: number;
  callsAtDetection: number;
  spendAtDetection: Pico | null;
  /** Excess by minute, the last hour of it. */
  recent: { minute: number; excess: Pico }[];
  subject: Subject;
  attribution: NonNullable<UsageEvent["attribution"]>;
  basis: CostBasis;
  /** Sum of attribution confidence over the events seen, and their number. */
  confidence: number;
  weighed: number;
  quality: Map<string, number>;
  lineage: "edges" | "session" | "none";
  eventIds: string[];
  samples: EvidenceSample[];
  spendByModel: Map<string, Pico>;
  related: string[];
  /** Entries written so far, and what the last one said. */
  entries: number;
  told: { at: EventTime; severity: Severity; calls: number; excess: Pico | null } | null;
}

const FIRST_IDS = 4;
const MOST_IDS = 8;
const MOST_SAMPLES = 5;
const MOST_MODELS = 16;

export function openEpisode(id: string, rule: string, signal: Signal, observed: Observed): Episode {
  return {
    id,
    rule,
    entity: signal.entity,
    opened: observed.at,
    firstSeen: signal.since,
    lastSeen: observed.at,
    severity: "info",
    level: 0,
    spell: observed.at,
    levelBefore: 0,
    facts: signal.facts,
    reason: signal.reason,
    calls: 0,
    observed: 0n,
    expected: 0n,
    unpriced: 0,
    callsAtDetection: signal.calls,
    spendAtDetection: signal.observed,
    recent: [],
    subject: subjectOf(observed),
    attribution: {},
    basis: "reported",
    confidence: 0,
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

/** Adds a signal and the event that caused it. Sums only, so that the order of arrival does not matter. */
export function extendEpisode(episode: Episode, signal: Signal, observed: Observed): void {
  episode.firstSeen = Math.min(episode.firstSeen, signal.since);
  episode.lastSeen = Math.max(episode.lastSeen, observed.at);
  episode.level = Math.max(episode.level, signal.level ?? 0);
  episode.facts = signal.facts;
  episode.reason = signal.reason;
  episode.calls += signal.calls;
  episode.observed += signal.observed ?? 0n;
  episode.expected += signal.expected;
  episode.unpriced += signal.unpriced;
  addRecent(episode, observed.at, lastHourOf(signal, observed.at));
  for (const id of signal.eventIds) addEventId(episode, id);
  addEvidence(episode, observed);
}

/** Observed minus expected; null where no contributing call has a price. */
export function excessOf(episode: Episode): Pico | null {
  return isUnpriced(episode) ? null : episode.observed - episode.expected;
}

export function isUnpriced(episode: Episode): boolean {
  return episode.unpriced === episode.calls;
}

/** The excess of the hour up to the last event, times 24; never below zero. */
export function projectedDaily(episode: Episode): Pico | null {
  if (isUnpriced(episode)) return null;
  const oldest = Math.floor((episode.lastSeen - HOUR) / MINUTE);
  let sum = 0n;
  for (const { minute, excess } of episode.recent) if (minute > oldest) sum += excess;
  return sum > 0n ? sum * 24n : 0n;
}

/** A signal's excess; where it brings more than an hour at once, an hour's share of it. */
function lastHourOf({ observed, expected, since }: Signal, at: EventTime): Pico {
  const excess = (observed ?? 0n) - expected;
  const span = at - since;
  return span > HOUR ? (excess * BigInt(HOUR)) / BigInt(span) : excess;
}

/** Keeps one sum a minute, ascending, also where senders run minutes apart. */
function addRecent(episode: Episode, at: EventTime, excess: Pico): void {
  const { recent } = episode;
  const minute = Math.floor(at / MINUTE);
  let place = recent.length;
  while (place > 0 && recent[place - 1]!.minute > minute) place--;
  const same = recent[place - 1];
  if (same?.minute === minute) same.excess += excess;
  else recent.splice(place, 0, { minute, excess });
  const oldest = Math.floor((episode.lastSeen - HOUR) / MINUTE);
  while (recent.length > 0 && recent[0]!.minute <= oldest) recent.shift();
}

function addEventId(episode: Episode, id: string): void {
  if (episode.eventIds.includes(id)) return;
  episode.eventIds.push(id);
  if (episode.eventIds.length > MOST_IDS) episode.eventIds.splice(FIRST_IDS, 1);
}

function addEvidence(episode: Episode, observed: Observed): void {
  const { event, cost } = observed;
  episode.subject = mergeSubject(episode.subject, subjectOf(observed));
  episode.attribution = { ...episode.attribution, ...event.attribution };
  episode.lineage = event.flow?.parent_span
    ? "edges"
    : episode.lineage === "none" && observed.flow !== null
      ? "session"
      : episode.lineage;
  const basis = event.cost?.basis ?? "unpriced";
  if (COST_BASES.indexOf(basis) > COST_BASES.indexOf(episode.basis)) episode.basis = basis;
  episode.confidence += attributionConfidence(event);
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

function subjectOf({ event, flow }: Observed): Subject {
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
