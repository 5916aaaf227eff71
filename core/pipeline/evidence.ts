import { attributionConfidence } from "../attribution.ts";
import type { Entity, Observed, Signal } from "../detector.ts";
import { COST_BASES, modelName } from "../event.ts";
import type { EvidenceSample, Subject } from "../finding/finding.ts";
import { formatUsd } from "../money.ts";
import type { Episode } from "./episode.ts";
import { addSpend, type Tally } from "./tally.ts";

const FIRST_IDS = 4;
const MOST_IDS = 8;
const MOST_SAMPLES = 5;
const NOBODY: Subject = {
  identity: null,
  type: null,
  credential: null,
  owner: null,
  agent: null,
  flow: null,
};

function addEventId(episode: Episode, id: string): void {
  if (episode.eventIds.includes(id)) return;
  episode.eventIds.push(id);
  if (episode.eventIds.length > MOST_IDS) episode.eventIds.splice(FIRST_IDS, 1);
}

/** Adds what the event that caused a signal says of the episode; an event may cause signals of several rules. */
export function addEvidence(
  episode: Episode,
  tally: Tally,
  { eventIds }: Signal,
  observed: Observed,
): void {
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
  if (model !== null) addSpend(tally, model, cost ?? 0n);
  const { samples } = episode;
  if (samples.length < MOST_SAMPLES && !samples.some(({ id }) => id === event.id)) {
    samples.push(sampleOf(observed));
  }
}

/** Who the calls are by. A finding about a source blames none of its callers. */
export function subjectOf(entity: Entity, { event, flow }: Observed): Subject {
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
