import type { UsageEvent } from "../event.ts";
import type { ResolvedEvent } from "./sort-window.ts";
import { type EventTime, MINUTE } from "../time.ts";

/**
 * Calls that two records tell of, one of which is still to come: the record with the usage, or the
 * one that says where the call came from (cloud logs keep them apart, minutes from each other).
 */
export type Halves = Map<string, Half>;

interface Half extends ResolvedEvent {
  /** True: the usage was counted, and the other record only adds to it. */
  isCounted: boolean;
  /** The tenant's newest event time when it came: what it waits from. */
  since: EventTime;
}

/** How long a record waits for the other one. */
export const JOIN_WINDOW = 30 * MINUTE;

/** True where the record only adds to another one of the same call, which holds the usage. */
export function onlyAdds(event: UsageEvent): boolean {
  return (event.revision ?? 0) > 0 && !isFailure(event);
}

/** True where another record will say where the call came from. */
export function isPending(event: UsageEvent): boolean {
  return event.quality?.includes("net.pending") ?? false;
}

export function keepHalf(
  halves: Halves,
  { at, event, cost }: ResolvedEvent,
  isCounted: boolean,
  newest: EventTime,
): void {
  halves.set(keyOf(event), { at, event, cost, isCounted, since: newest });
}

/** Takes the other record of the same call, where it waits. */
export function takeHalf(halves: Halves, event: UsageEvent): Half | undefined {
  const key = keyOf(event);
  const half = halves.get(key);
  if (half) halves.delete(key);
  return half;
}

/** Takes what has waited too long, in the order it came. */
export function* takeExpired(halves: Halves, now: EventTime): Generator<Half> {
  for (const [key, half] of halves) {
    if (half.since > now - JOIN_WINDOW) return;
    halves.delete(key);
    half.event.quality = [...withoutPending(half.event), "join.unmatched"];
    yield half;
  }
}

/** The call with what the other record adds: where it came from, by which credential, and how it went. Its usage and cost stay. */
export function complete(call: UsageEvent, facts: UsageEvent): UsageEvent {
  const whole = { ...call, quality: withoutPending(call) };
  if (facts.network) whole.network = { ...facts.network, ...call.network };
  if (facts.identity) whole.identity = { ...facts.identity, ...call.identity };
  if (facts.outcome) whole.outcome = { ...facts.outcome, ...call.outcome };
  return whole;
}

function withoutPending({ quality = [] }: UsageEvent): string[] {
  return quality.filter((code) => code !== "net.pending");
}

/** Nothing was used: either record may stand for the call, and the first one does at once. */
function isFailure({ outcome }: UsageEvent): boolean {
  const status = outcome?.status ?? "ok";
  return status !== "ok" && status !== "cache_hit";
}

function keyOf({ source, id }: UsageEvent): string {
  return `${source}\0${id}`;
}
