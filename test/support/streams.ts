import type { UsageEvent } from "#core/event.ts";
import { createSortWindow, isBefore, type ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { type EventTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import type { Overrides } from "./events.ts";
import { resolvedAt, START } from "./observed.ts";
import { createRandom, type Random } from "./random.ts";

/** Random places, as Fisher and Yates draw them. */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The stream as four senders might deliver it: no event more than a minute behind a newer one. */
export function delayed(random: Random, events: readonly ResolvedEvent[]): ResolvedEvent[] {
  return lateBy(random, MINUTE, events);
}

/** Events of which none comes as late as that behind a newer one. */
export function lateBy<T extends { at: EventTime }>(
  random: Random,
  most: number,
  events: readonly T[],
): T[] {
  return shuffled(random, events)
    .map((event) => ({ event, seen: event.at + random.below(most) }))
    .toSorted((a, b) => a.seen - b.seen)
    .map(({ event }) => event);
}

/** What the reader of a file makes of it: put in order within the sort window. */
export function sortedByWindow(events: readonly ResolvedEvent[]): ResolvedEvent[] {
  const window = createSortWindow<ResolvedEvent>();
  const inOrder: ResolvedEvent[] = [];
  for (const event of events) {
    window.push(event);
    inOrder.push(...window.take(false));
  }
  return [...inOrder, ...window.take(true)];
}

/** Long enough for an own peak to be trusted. */
const WARM_HOURS = 74;
const HOURS = 86;
const QUIET_HOURS = HOURS - 40;

/** Days of a tenant with something in their last forty hours for every detector, and much that is ordinary; in clean order. */
export function troubledStream(seed: number, tenant: string): ResolvedEvent[] {
  const random = createRandom(seed);
  const events: ResolvedEvent[] = [];
  const send = (offset: EventTime, event: Overrides<UsageEvent>): void => {
    const id = `${tenant}-${events.length}`;
    events.push(resolvedAt(START + offset, { id, tenant, ...event }));
  };
  for (let hour = 0; hour < HOURS; hour++) {
    const isSurge = hour >= WARM_HOURS && random.below(3) > 0;
    serve(random, hour * HOUR, isSurge ? 60 : 12, send);
    if (hour >= QUIET_HOURS) session(random, `s${hour}`, hour * HOUR + random.below(HOUR), send);
  }
  return events.toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
}

type Send = (offset: EventTime, event: Overrides<UsageEvent>) => void;

/** An hour of a service; now and then a call without a price. */
function serve(random: Random, from: EventTime, calls: number, send: Send): void {
  for (let i = 0; i < calls; i++) {
    const amount = `0.${String(1 + random.below(900)).padStart(4, "0")}`;
    send(from + random.below(HOUR), {
      identity: { id: "svc" },
      flow: undefined,
      cost: random.below(20) === 0 ? undefined : { amount },
    });
  }
}

/** A session of an agent: ordinary, in a loop, or run away; calls below the first name no team. */
function session(random: Random, flow: string, from: EventTime, send: Send): void {
  const kind = random.below(4);
  const isFast = kind === 1;
  const period = 1 + random.below(3);
  const calls = isFast ? 35 + random.below(60) : 6 + random.below(12);
  for (let i = 0; i < calls; i++) {
    const step = kind === 0 ? `loop-${i % period}` : `${flow}-${i}`;
    send(from + i * (isFast ? SECOND : 20 * SECOND) + random.below(SECOND), {
      identity: { id: `agent-${random.below(2)}`, type: "agent" },
      attribution: { team: i === 0 ? "agents" : undefined },
      flow: { session: flow, agent: random.below(8) === 0 ? "helper" : "main" },
      content: { prompt_digest: `p-${step}`, result_digest: `r-${step}` },
      outcome: { status: random.below(15) === 0 ? "throttled" : "ok" },
      cost: { amount: `0.0${1 + random.below(99)}` },
    });
  }
}
