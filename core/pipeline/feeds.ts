import { modelName, type UsageEvent } from "../event.ts";
import { type EventTime, MINUTE, SECOND } from "../time.ts";
import type { ResolvedEvent } from "./sort-window.ts";

/**
 * What is needed to recognise calls that a second feed (the provider's own log beside the gateway's)
 * tells of too: the primary feed counts, the shadow corroborates it, adds to it, or shows what it lacks.
 */
export interface Feeds {
  /** The tenant's newest event time when its first shadow record came: calls before it are unknown. */
  since: EventTime;
  /** Calls of primary feeds that no shadow has told of yet, by what they are known by. */
  calls: Map<string, Told[]>;
  /** Shadow records whose call has not come yet. */
  shadows: Map<string, Told[]>;
  swept: EventTime;
}

/** One record of one feed. */
export interface Told extends ResolvedEvent {
  /** The tenant's newest event time when it came. */
  since: EventTime;
}

/** How long one feed may lag behind the other. */
export const FEED_WINDOW = 30 * MINUTE;

/** Feeds that share no id: the same tokens of the same model within this time. */
const APART = 2 * SECOND;

export function createFeeds(newest: EventTime): Feeds {
  return { since: newest, calls: new Map(), shadows: new Map(), swept: newest };
}

/** True where the site declared the event's source a shadow of another one. */
export function isShadow(event: UsageEvent): boolean {
  return event.quality?.includes("feed.shadow") ?? false;
}

/** Takes the record of the other feed that tells of the same call; keeps this one to be found where there is none. */
export function meet(
  own: Map<string, Told[]>,
  others: Map<string, Told[]>,
  told: Told,
): Told | undefined {
  const keys = keysOf(told.event);
  for (const key of keys) {
    const found = others.get(key)?.find((other) => isSameCall(key, told, other));
    if (!found) continue;
    remove(others, found);
    return found;
  }
  for (const key of keys) {
    const known = own.get(key);
    if (known) known.push(told);
    else own.set(key, [told]);
  }
  return undefined;
}

/** Lets go of what waited longer than feeds lag, and hands out the shadow records among it, in the order of their calls. */
export function sweepFeeds(feeds: Feeds, now: EventTime): Told[] {
  if (now < feeds.swept + MINUTE) return [];
  feeds.swept = now;
  const expired = new Set<Told>();
  for (const map of [feeds.calls, feeds.shadows]) {
    for (const [key, list] of map) {
      const kept = list.filter(({ since }) => since > now - FEED_WINDOW);
      if (map === feeds.shadows) {
        for (const told of list) if (told.since <= now - FEED_WINDOW) expired.add(told);
      }
      if (kept.length === 0) map.delete(key);
      else map.set(key, kept);
    }
  }
  // What came while calls before it were unknown may well have been told of.
  return [...expired]
    .filter(({ at }) => at > feeds.since + FEED_WINDOW)
    .toSorted((a, b) => a.at - b.at || (a.event.id < b.event.id ? -1 : 1));
}

function remove(map: Map<string, Told[]>, told: Told): void {
  for (const key of keysOf(told.event)) {
    const kept = map.get(key)?.filter((other) => other !== told) ?? [];
    if (kept.length === 0) map.delete(key);
    else map.set(key, kept);
  }
}

/** The provider's id of the call, and its tokens. */
function keysOf({ flow, usage }: UsageEvent): string[] {
  const keys: string[] = [];
  if (flow?.provider_request_id !== undefined) keys.push(`id ${flow.provider_request_id}`);
  const { input_tokens: input = 0, output_tokens: output = 0 } = usage ?? {};
  if (input + output > 0) keys.push(`tokens ${input} ${output}`);
  return keys;
}

function isSameCall(key: string, a: Told, b: Told): boolean {
  if (key.startsWith("id ")) return true;
  const ids = [a.event.flow?.provider_request_id, b.event.flow?.provider_request_id];
  if (ids[0] !== undefined && ids[1] !== undefined) return false;
  return Math.abs(a.at - b.at) <= APART && isSameModel(modelName(a.event), modelName(b.event));
}

/** Feeds name one model with and without its date. */
function isSameModel(a: string | null, b: string | null): boolean {
  return a === null || b === null || a.startsWith(b) || b.startsWith(a);
}
