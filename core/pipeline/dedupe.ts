import type { UsageEvent } from "../event.ts";
import { DAY, type EventTime } from "../time.ts";
import { addSeen, contentOf, createSeenSet, type SeenSet } from "./seen-set.ts";

/** The events of one tenant that were counted, by the day they happened. */
export type SeenEvents = Map<number, SeenSet>;

/** Days back in which a repeated event is recognised. */
export const HORIZON_DAYS = 35;

export type Novelty = "new" | "duplicate" | "conflict" | "revision" | "early";

/**
 * Says whether an event counts. Known by (tenant, source, id): the same content again is a
 * duplicate; other content is a correction of facts where its revision is higher, else a second event
 * of its own, because a reused id must not hide usage. A collision of two keys' hashes shows as other
 * content too, so it cannot make an event disappear either. One that only adds to another (`adds`) is
 * early while that is unknown, and leaves no trace.
 */
export function recognise(
  seen: SeenEvents,
  event: UsageEvent,
  at: EventTime,
  adds = false,
): Novelty {
  const key = mix(hashText(hashText(SEED, event.source), event.id));
  // The odd bit keeps it from being an empty slot; unsigned, as the set gives its words back.
  const low = (mix(hashText(OTHER_SEED, event.id) ^ event.source.length) | 1) >>> 0;
  const content = contentHash(event);
  const set = setOf(seen, Math.floor(at / DAY), (event.revision ?? 0) > 0, key, low);
  const known = contentOf(set, key, low);
  if (known === -1) {
    if (adds) return "early";
    addSeen(set, key, low, content);
    return "new";
  }
  const isRevision = (event.revision ?? 0) > 0;
  if (known === content && !isRevision) return "duplicate";
  const other = mix(key ^ (isRevision ? revisionHash(event, content) : content));
  if (contentOf(set, other, low) === content) return "duplicate";
  addSeen(set, other, low, content);
  return isRevision ? "revision" : "conflict";
}

/** The set of a day; a revision is looked for beside its day too, since two records of a call may lie around midnight. */
function setOf(
  seen: SeenEvents,
  day: number,
  isRevision: boolean,
  key: number,
  low: number,
): SeenSet {
  let set = seen.get(day);
  if (!set) seen.set(day, (set = createSeenSet()));
  if (!isRevision || contentOf(set, key, low) !== -1) return set;
  const beside = [seen.get(day - 1), seen.get(day + 1)];
  return beside.find((other) => other && contentOf(other, key, low) !== -1) ?? set;
}

/** Forgets the days behind the horizon. */
export function forgetSeen(seen: SeenEvents, now: EventTime): void {
  const oldest = Math.floor(now / DAY) - HORIZON_DAYS;
  for (const day of seen.keys()) if (day < oldest) seen.delete(day);
}

const SEED = 0x811c9dc5;
const OTHER_SEED = 0x5bd1e995;

/** FNV-1a over UTF-16 units. */
function hashText(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ 0xff, 0x01000193);
}

/** Spreads the bits (the finaliser of MurmurHash3); an unsigned word. */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** What makes two events under one id the same: when, who, which model, how much, how it went. */
function contentHash(event: UsageEvent): number {
  const { identity, model, usage, outcome } = event;
  let h = hashText(SEED, event.time);
  h = hashText(h, identity?.id ?? "");
  h = hashText(h, model?.requested ?? "");
  h = hashText(h, outcome?.status ?? "");
  h = Math.imul(h ^ (usage?.input_tokens ?? -1), 0x01000193);
  h = Math.imul(h ^ (usage?.output_tokens ?? -1), 0x01000193);
  h = Math.imul(h ^ (usage?.cached_input_tokens ?? -1), 0x01000193);
  if (event.cost?.amount !== undefined && event.cost.basis !== "priced")
    h = hashText(h, event.cost.amount);
  return mix(h);
}

/** Tells one correction of facts from another and from the event it corrects. */
function revisionHash({ revision, network }: UsageEvent, content: number): number {
  return hashText(content, `${revision} ${network?.ip} ${network?.user_agent}`);
}
