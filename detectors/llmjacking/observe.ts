import type { AdminAction, Observed } from "#core/detector.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import { observeAdmin } from "./admin.ts";
import { wakingHours } from "./day-shape.ts";
import { type Habits, mark } from "./habits.ts";
import { observeModels } from "./models.ts";
import type { Params } from "./params.ts";
import { observePlaces } from "./places.ts";
import { markDenied, observeOutcome } from "./refusals.ts";
import { strengthOf } from "./marks.ts";

/** Share of calls with tags that makes their absence odd. */
const ALWAYS = 0.95;

/** Learns from one event, and marks what is unlike the credential. True where the event is part of that. */
export function observe(
  habits: Habits,
  observed: Observed,
  params: Params,
  admin: readonly AdminAction[],
): boolean {
  const { event, at } = observed;
  const hasHistory =
    habits.calls >= params.history_calls && at - habits.since >= params.history_days * DAY;
  const isAudit = event.type === "audit";
  habits.seen = Math.max(habits.seen, at);
  let isOdd = false;
  if (admin.length > 0) {
    const isUse = !isAudit && event.outcome?.status === "ok";
    const call = { at, isUse, hasHistory };
    isOdd = observeAdmin(habits.admin, habits.marks, admin, call, params);
  }
  if (isAudit) {
    if (event.audit?.action !== "access.denied") return isOdd;
    return markDenied(habits, at, params);
  }
  if (observeModels(habits, observed, params, hasHistory)) isOdd = true;
  if (observePlaces(habits, observed, params, hasHistory)) isOdd = true;
  if (observeTags(habits, observed, params, hasHistory)) isOdd = true;
  if (observeOutcome(habits, observed, params)) isOdd = true;
  const hours = wakingHours(habits.day, at);
  if (hours >= params.waking_hours && hasHistory) {
    mark(habits, at, params, "round_the_clock", hours);
  }
  const awake = wakeUp(habits, at, params);
  if (awake >= params.dormant_calls) {
    isOdd = mark(habits, at, params, "reactivated", awake, strengthOf(awake, params.dormant_calls));
  }
  habits.since = habits.calls === 0 ? at : Math.min(habits.since, at);
  habits.last = Math.max(habits.last, at);
  habits.calls += 1;
  return isOdd;
}

/** What callers say of themselves and no directory can fill in; a thief does not know what to say. */
function observeTags(
  habits: Habits,
  { event, at }: Observed,
  params: Params,
  hasHistory: boolean,
): boolean {
  const { tags } = habits;
  const { customer, tags: own } = event.attribution ?? {};
  if (event.flow?.workflow !== undefined || customer !== undefined || own !== undefined) {
    tags.carried += 1;
    tags.missing = 0;
    return false;
  }
  tags.missing += 1;
  if (!hasHistory || tags.missing < params.untagged) return false;
  if (tags.carried < params.history_calls) return false;
  if (tags.carried < ALWAYS * (habits.calls + 1 - tags.missing)) return false;
  return mark(habits, at, params, "untagged", tags.missing);
}

/** Calls of the running hour since a long silence ended; 0 where there was none. */
function wakeUp(habits: Habits, at: EventTime, { dormant_days, keep_days }: Params): number {
  const { calls, last } = habits;
  if (calls > 0 && at - last >= dormant_days * DAY) {
    habits.awake = { since: at, hour: -1, calls: 0 };
  }
  const { awake } = habits;
  if (!awake) return 0;
  if (at - awake.since > keep_days * DAY) {
    habits.awake = null;
    return 0;
  }
  const hour = Math.floor((at - awake.since) / HOUR);
  if (hour > awake.hour) {
    awake.hour = hour;
    awake.calls = 0;
  }
  awake.calls += 1;
  return awake.calls;
}
