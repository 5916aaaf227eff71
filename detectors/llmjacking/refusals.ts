import type { Observed } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { type Habits, mark } from "./habits.ts";
import type { Params } from "./params.ts";
import { strengthOf } from "./marks.ts";

const MOST_PROBES = 9;
const MOST_DENIED = 12;
const PROBE_WINDOW = MINUTE;
/** An accepted event is late by this at most. */
const LATENESS = 10 * MINUTE;

/** Marks calls that were refused: probes that use nothing, and what may not be had. */
export function observeOutcome(habits: Habits, { event, at }: Observed, params: Params): boolean {
  const { outcome } = event;
  if (outcome === undefined || outcome.status === "ok") return false;
  if (isDenied(event)) return markDenied(habits, at, params);
  if (!isProbe(event)) return false;
  const { requested, served } = event.model ?? {};
  const { calls, models } = addProbe(habits, at, requested ?? served ?? "");
  const strength = Math.max(
    calls >= params.probes ? strengthOf(calls, params.probes) : 0,
    models >= params.probed_models ? strengthOf(models, params.probed_models) : 0,
  );
  if (strength > 0) mark(habits, at, params, "zero_token_probe", calls, strength);
  return true;
}

/** Counts a refusal. */
export function markDenied(habits: Habits, at: EventTime, params: Params): true {
  const calls = addDenied(habits, at);
  if (calls >= params.denied) {
    mark(habits, at, params, "access_denied", calls, strengthOf(calls, params.denied));
  }
  return true;
}

function isProbe({ outcome, usage }: UsageEvent): boolean {
  if (outcome?.error_class !== "validation") return false;
  return (usage?.input_tokens ?? 0) === 0 && (usage?.output_tokens ?? 0) === 0;
}

function isDenied({ outcome }: UsageEvent): boolean {
  const { status, error_class } = outcome ?? {};
  return error_class === "access_denied" || (status === "denied" && error_class === undefined);
}

function addProbe(
  { probes }: Habits,
  at: EventTime,
  model: string,
): { calls: number; models: number } {
  probes.push({ at, model });
  probes.sort((a, b) => a.at - b.at);
  const oldest = probes.at(-1)!.at - PROBE_WINDOW - LATENESS;
  while (probes.length > MOST_PROBES || probes[0]!.at < oldest) probes.shift();
  let calls = 0;
  let models = 0;
  for (const { at: end } of probes) {
    if (end < at || end >= at + PROBE_WINDOW) continue;
    const window = probes.filter((probe) => probe.at > end - PROBE_WINDOW && probe.at <= end);
    calls = Math.max(calls, window.length);
    models = Math.max(models, new Set(window.map((probe) => probe.model)).size);
  }
  return { calls, models };
}

function addDenied({ denied }: Habits, at: EventTime): number {
  denied.push(at);
  denied.sort((a, b) => a - b);
  const newest = denied.at(-1)!;
  while (denied.length > MOST_DENIED || denied[0]! <= newest - HOUR) denied.shift();
  return denied.length;
}
