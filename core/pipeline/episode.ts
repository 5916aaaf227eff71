import type { Entity, Observed, Signal } from "../detector.ts";
import type { CostBasis, UsageEvent } from "../event.ts";
import type { EvidenceSample, Family, Subject } from "../finding/finding.ts";
import type { Pico } from "../money.ts";
import type { RuleFile } from "../rules/rule.ts";
import type { Severity } from "../severity.ts";
import type { EventTime } from "../time.ts";
import { subjectOf } from "./evidence.ts";
import { addToTally, type Tally, tallyOf } from "./tally.ts";

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
  const { at } = observed;
  episode.level = Math.max(episode.level, signal.level ?? 0);
  episode.firstSeen = Math.min(episode.firstSeen, signal.since);
  episode.lastSeen = Math.max(episode.lastSeen, at);
  const tally = tallyOf(episode.tallies, rule, signal);
  addToTally(tally, signal, at);
  return tally;
}
