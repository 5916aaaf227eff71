import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import { ALLOWED_LATENESS, DAY, type EventTime, HOUR } from "#core/time.ts";
import { addTo, type Consumers, noConsumers } from "./credential-sharing/consumers.ts";
import { bring, gather, type Incident } from "./credential-sharing/incident.ts";

const Params = z.strictObject({
  occasions: z.int().min(1).max(8).default(3).describe("Occasions within the window."),
  window_hours: z.number().positive().default(24).describe("Length of the window, in hours."),
  together_minutes: z
    .number()
    .positive()
    .default(10)
    .describe("An occasion: a call between two calls of another consumer, so close together."),
  apart_minutes: z
    .number()
    .min(0)
    .default(60)
    .describe("Occasions closer than this are one, so that a roll-out is not many."),
  learn_days: z
    .number()
    .min(0)
    .default(7)
    .describe(
      "Whoever uses a credential in its first days is its own consumer; later, who stays so long unreported.",
    ),
  learn_calls: z.int().min(0).default(20).describe("And in its first calls."),
});
type Params = z.infer<typeof Params>;

interface State {
  last: EventTime;
  consumers: Consumers;
  incident: Incident | null;
}

/** Habits of a silent credential are kept for so long. */
const MEMORY = 90 * DAY;

/**
 * One credential, several consumers at once: calls that share neither network nor client nor agent
 * with anything the credential's own consumer ever showed, in between its calls. One thing in common
 * (an office's address, a fleet's library, a gateway) makes them the same consumer. Fails where the
 * other consumer calls itself by the same client, or where no network is known.
 */
export const sharedCredential = defineDetector<Params, State>({
  id: "shared-credential",
  version: 2,
  summary: "One credential is used by two consumers at once that have nothing in common.",
  joined: true,
  params: Params,
  facts: {
    metric: "always `consumers`",
    window: "length of the window, in seconds",
    observed: "consumers of the credential in the window, its own included",
    expected: "always 1",
    ratio: "observed / expected",
    occasions:
      "times the newest stranger called in between in the window, at most as many as the rule asks for",
    network: "network of the newest stranger",
    client: "its client family",
    agent: "its agent; empty where it names none",
    own_networks: "networks of the credential's own consumer",
    own_clients: "its client families",
  },
  reasons: {
    interleaved: "Calls of consumers with nothing in common alternate, on several occasions.",
  },

  key: ({ event }) => event.identity?.credential ?? null,

  init: () => ({ last: 0, consumers: noConsumers(), incident: null }),

  step(state, observed, params, context) {
    const { consumers } = state;
    const stranger = addTo(consumers, observed, params);
    state.last = Math.max(state.last, observed.at);
    if (consumers.strangers.length === 0) return NO_SIGNALS;
    const since = observed.at - params.window_hours * HOUR;
    report(consumers, since, params);
    const reported = consumers.strangers.filter((one) => one.isReported);
    if (reported.length === 0 && state.incident?.isOpen) state.incident = null;
    // Strangers are kept a little longer, for calls that come late.
    if (reported.length > 0 && !reported.some((one) => one.last > since)) return NO_SIGNALS;
    state.incident = gather(state.incident, observed, stranger !== null, since);
    if (reported.length === 0 || !state.incident) return NO_SIGNALS;
    const brought = bring(state.incident, context.series);
    return brought ? [toSignal(consumers, observed, since, params, brought)] : NO_SIGNALS;
  },

  idle: ({ last }, now) => now - last > MEMORY,
});

/** Marks the strangers that came often enough, and forgets those that were reported and have gone. */
function report(consumers: Consumers, since: EventTime, { occasions: enough }: Params): void {
  consumers.strangers = consumers.strangers.filter(
    (one) => !one.isReported || one.last > since - ALLOWED_LATENESS,
  );
  for (const stranger of consumers.strangers) {
    const { occasions } = stranger;
    if (occasions.length >= enough && occasions[0]! > since) stranger.isReported = true;
  }
}

function toSignal(
  consumers: Consumers,
  { event }: Observed,
  since: EventTime,
  { window_hours }: Params,
  brought: NonNullable<ReturnType<typeof bring>>,
): Signal {
  const strangers = consumers.strangers.filter((one) => one.last > since);
  const newest = strangers.findLast((one) => one.isReported)!;
  const observed = 1 + strangers.length;
  return {
    ...brought,
    entity: { type: "credential", id: event.identity!.credential! },
    reason: "interleaved",
    score: 1 - 1 / (observed + 1),
    facts: {
      metric: "consumers",
      window: (window_hours * HOUR) / 1_000,
      observed,
      expected: 1,
      ratio: observed,
      occasions: newest.occasions.length,
      network: newest.network,
      client: newest.client,
      agent: newest.agent,
      own_networks: consumers.networks.length,
      own_clients: consumers.clients.length,
    },
  };
}
