import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { ALLOWED_LATENESS, DAY, type EventTime, HOUR } from "#core/time.ts";
import { bring, gather, type Incident } from "./credential-sharing/incident.ts";

const Params = z.strictObject({
  calls: z
    .int()
    .min(1)
    .max(16)
    .default(3)
    .describe("Calls on each side, production and not, within the window."),
  window_hours: z.number().positive().default(24).describe("Length of the window, in hours."),
});
type Params = z.infer<typeof Params>;

/** What is productive, and what is staging, development or test. */
type Side = "production" | "other";

interface State {
  /** Times of the newest few calls of each side, ascending. */
  times: Record<Side, EventTime[]>;
  /** The side that came to the other one, mostly the wrong one. */
  newcomer: Side | null;
  /** True once a production call was by an identity that the directory has elsewhere. */
  isContested: boolean;
  incident: Incident | null;
}

/** A state is forgotten after so long without a call. */
const MEMORY = 8 * DAY;

/**
 * One credential in production and outside of it within a day, or in production where the directory
 * has its identity elsewhere. An environment that nobody states is no mismatch, and a pilot is on
 * neither side. Fails where senders do not tell their environment.
 */
export const environmentBleed = defineDetector<Params, State>({
  id: "environment-bleed",
  version: 2,
  summary: "One credential is used in production and in another environment within a day.",
  joined: true,
  params: Params,
  facts: {
    metric: "always `environments`",
    window: "length of the window, in seconds",
    observed: "always 2: production and outside of it",
    expected: "always 1",
    ratio: "observed / expected",
    environment: "environment of the newest call",
    contested: "true where production calls are by an identity that the directory has elsewhere",
  },
  reasons: {
    both: "Calls in production and outside of it, or of a production that the directory denies.",
  },

  key({ event }) {
    return sideOf(event) === null ? null : (event.identity?.credential ?? null);
  },

  init: () => ({
    times: { production: [], other: [] },
    newcomer: null,
    isContested: false,
    incident: null,
  }),

  step(state, observed, params, context) {
    const { event, at } = observed;
    const since = at - params.window_hours * HOUR;
    const side = sideOf(event)!;
    meet(state, side, since);
    state.times[side] = withTime(state.times[side], at, params);
    if (isContested(event)) {
      state.isContested = true;
      state.newcomer ??= side;
      state.times.other = withTime(state.times.other, at, params);
    }
    // Kept a little longer, for calls that come late.
    if (state.incident?.isOpen && !isBoth(state, since - ALLOWED_LATENESS, params)) {
      state.incident = null;
    }
    const isNow = isBoth(state, since, params);
    if (state.incident?.isOpen && !isNow) return NO_SIGNALS;
    state.incident = gather(state.incident, observed, state.newcomer === side, since);
    const brought = isNow && state.incident ? bring(state.incident, context.series) : null;
    return brought ? [toSignal(state, observed, params, brought)] : NO_SIGNALS;
  },

  idle: ({ times: { production, other } }, now) =>
    now - Math.max(production.at(-1) ?? 0, other.at(-1) ?? 0) > MEMORY,
});

/** Notes which side is new beside the other; nobody is where either has been silent for the window. */
function meet(state: State, side: Side, since: EventTime): void {
  const own = state.times[side].at(-1) ?? -Infinity;
  const others = state.times[side === "production" ? "other" : "production"].at(-1) ?? -Infinity;
  if (others <= since) state.newcomer = null;
  else if (own <= since) state.newcomer = side;
}

function sideOf({ attribution }: UsageEvent): "production" | "other" | null {
  const environment = attribution?.environment;
  if (environment === undefined || environment === "pilot") return null;
  return environment === "production" ? "production" : "other";
}

/** Declared as production by an identity that the directory has elsewhere. */
function isContested({ attribution, quality }: UsageEvent): boolean {
  if (attribution?.environment !== "production") return false;
  return quality?.includes("environment.conflict") ?? false;
}

/** The newest few times, ascending. */
function withTime(times: EventTime[], at: EventTime, { calls }: Params): EventTime[] {
  if (times.length === calls && at >= times[calls - 1]!) {
    times.copyWithin(0, 1);
    times[calls - 1] = at;
    return times;
  }
  let place = times.length;
  while (place > 0 && at < times[place - 1]!) place--;
  const all = times.slice(0, place).concat(at, times.slice(place));
  return all.length > calls ? all.slice(1) : all;
}

/** True where either side has called often enough since then. */
function isBoth({ times }: State, since: EventTime, params: Params): boolean {
  return isUsed(times.production, since, params) && isUsed(times.other, since, params);
}

function isUsed(times: readonly EventTime[], since: EventTime, { calls }: Params): boolean {
  return times.length >= calls && times[0]! > since;
}

function toSignal(
  { isContested: contested }: State,
  { event }: Observed,
  { window_hours }: Params,
  brought: NonNullable<ReturnType<typeof bring>>,
): Signal {
  return {
    ...brought,
    // Apart from other sharing of the credential, whose calls would count twice in one finding.
    entity: { type: "credential", id: `${event.identity!.credential!}/environments` },
    reason: "both",
    score: contested ? 0.8 : 0.6,
    facts: {
      metric: "environments",
      window: (window_hours * HOUR) / 1_000,
      observed: 2,
      expected: 1,
      ratio: 2,
      environment: event.attribution!.environment!,
      contested,
    },
  };
}
