import { z } from "zod";
import { defineDetector, NO_SIGNALS, type Observed, type Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";
import { bringCall, type Brought } from "./call-sum.ts";

const TAGS = ["identity", "team", "cost_center", "service", "environment"] as const;
type Tag = (typeof TAGS)[number];

const Params = z.strictObject({
  calls: z.int().min(1).max(16).default(3).describe("Calls with such tags within the window."),
  window_hours: z.number().positive().default(24).describe("Length of the window, in hours."),
  tags: z
    .array(z.enum(TAGS))
    .min(1)
    .default([...TAGS])
    .describe("Tags that are compared with the directory."),
});
type Params = z.infer<typeof Params>;

/** A state is forgotten after so long without a call. */
const MEMORY = 8 * DAY;

/** A call that waits for others. */
interface Waiting {
  at: EventTime;
  id: string;
  cost: number | null;
}

interface State {
  /** Calls that no signal has brought, in event-time order; fewer than make a finding. */
  waiting: Waiting[];
  /** What is declared against the directory, newest value by tag. */
  declared: Partial<Record<Tag, string>>;
  /** Null until there were enough; then the newest call and how many there were. */
  run: { last: EventTime; calls: number } | null;
}

/**
 * Calls that declare another team, cost centre, service, environment or identity than the directory
 * has for their credential. Ingest compares them (`<tag>.conflict`); here they are counted, so that one
 * mistyped call is no finding. Fails where the directory itself is out of date, and where a tag is
 * left away instead of changed.
 */
export const tagSpoof = defineDetector<Params, State>({
  id: "tag-spoof",
  version: 1,
  summary: "Calls declare tags that differ from what the directory has for their credential.",
  joined: true,
  params: Params,
  facts: {
    metric: "always `calls`",
    window: "length of the window, in seconds",
    observed: "calls with such tags so far",
    expected: "calls that are still ordinary",
    ratio: "observed / expected",
    tags: "the tags that differ",
    declared: "the newest declared value of each; the directory holds the registered one",
  },
  reasons: {
    conflict: "Declared tags differ from the directory's, often enough within the window.",
  },

  key({ event }, { tags }) {
    if (!hasConflicts(event) || !tags.some((tag) => isConflict(event, tag))) return null;
    const { credential, id } = event.identity ?? {};
    return credential ?? (id === undefined ? null : `identity:${id}`);
  },

  init: () => ({ waiting: [], declared: {}, run: null }),

  step(state, observed, params) {
    const window = params.window_hours * HOUR;
    const run = state.run && observed.at - state.run.last <= window ? state.run : null;
    if (state.run && !run) state.declared = {};
    remember(state.declared, observed.event, params.tags);
    if (run) {
      run.last = Math.max(run.last, observed.at);
      run.calls += 1;
      return [toSignal(state, observed, params, bringCall(observed))];
    }
    state.run = null;
    wait(state, observed, window);
    if (state.waiting.length < params.calls) return NO_SIGNALS;
    const brought = bringWaiting(state);
    return [toSignal(state, observed, params, brought)];
  },

  idle: ({ waiting, run }, now) => now - (run?.last ?? waiting.at(-1)?.at ?? 0) > MEMORY,
});

/** Most calls have none, and are asked no further. */
function hasConflicts({ quality = [] }: UsageEvent): boolean {
  for (const code of quality) if (code.endsWith(".conflict")) return true;
  return false;
}

function isConflict({ quality }: UsageEvent, tag: Tag): boolean {
  return quality?.includes(`${tag}.conflict`) ?? false;
}

function remember(declared: State["declared"], event: UsageEvent, tags: readonly Tag[]): void {
  for (const tag of tags) {
    if (!isConflict(event, tag)) continue;
    const value = tag === "identity" ? event.identity?.claimed : event.attribution?.[tag];
    declared[tag] = value ?? "unknown";
  }
}

function wait({ waiting }: State, { event, at, cost }: Observed, window: number): void {
  let place = waiting.length;
  while (place > 0 && at < waiting[place - 1]!.at) place--;
  waiting.splice(place, 0, { at, id: event.id, cost: cost === null ? null : Number(cost) });
  const newest = waiting.at(-1)!.at;
  while (waiting[0]!.at <= newest - window) waiting.shift();
}

function bringWaiting(state: State): Brought {
  const { waiting } = state;
  const prices = waiting.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  const total = prices.reduce((sum, cost) => sum + cost, 0);
  state.run = { last: waiting.at(-1)!.at, calls: waiting.length };
  state.waiting = [];
  return {
    since: waiting[0]!.at,
    calls: waiting.length,
    observed: prices.length === 0 ? null : BigInt(Math.round(total)),
    unpriced: waiting.length - prices.length,
    eventIds: waiting.map(({ id }) => id),
  };
}

function toSignal(
  { declared, run }: State,
  { event }: Observed,
  { calls, tags, window_hours }: Params,
  brought: Brought,
): Signal {
  const { credential, id } = event.identity!;
  const ordinary = calls - 1;
  return {
    ...brought,
    entity:
      credential === undefined
        ? { type: "identity", id: id! }
        : { type: "credential", id: credential },
    reason: "conflict",
    score: 1 - 1 / (run!.calls + 1),
    expected: 0n,
    facts: {
      metric: "calls",
      window: (window_hours * HOUR) / 1_000,
      observed: run!.calls,
      expected: ordinary,
      ratio: run!.calls / Math.max(1, ordinary),
      tags: tags.filter((tag) => declared[tag] !== undefined).join(", "),
      declared: { ...declared },
    },
  };
}
