import type { UsageEvent } from "#core/event.ts";
import type { Pico } from "#core/money.ts";
import { formatUsd } from "#core/money.ts";
import { type EventTime, formatTime, HOUR } from "#core/time.ts";
import { between, chance, type Random, skewed } from "#services/demo/random.ts";

export const CLASSES = ["steady", "part-time", "sparse", "bursty"] as const;
export type ActivityClass = (typeof CLASSES)[number];

/** A Monday at midnight. */
export const START: EventTime = Date.UTC(2026, 0, 5);

/** Calls of each hour of an ordinary identity: no trend, no incident, only its class's own unrest. */
export function ordinaryHours(random: Random, activity: ActivityClass, days: number): number[] {
  const usual = skewed(random, 25, 0.5, 5, 150);
  const phase = between(random, 0, 24);
  const isOn = createSwitch(random, activity);
  return Array.from({ length: days * 24 }, (_, hour) => {
    if (!isOn(hour)) return 0;
    const season = 1 + 0.4 * Math.sin((2 * Math.PI * (hour + phase)) / 24);
    return Math.round(skewed(random, usual * season, UNREST[activity], 0, 20 * usual));
  });
}

/** Deviation of the logarithm of an hour's calls. */
const UNREST: Readonly<Record<ActivityClass, number>> = {
  steady: 0.25,
  "part-time": 0.4,
  sparse: 0.7,
  bursty: 0.8,
};

/** Whether the identity works in an hour, asked hour by hour. */
function createSwitch(random: Random, activity: ActivityClass): (hour: number) => boolean {
  if (activity === "steady") return () => true;
  if (activity === "part-time") {
    return (hour) => Math.floor(hour / 24) % 7 < 5 && hour % 24 >= 7 && hour % 24 < 19;
  }
  // Spells of some hours: a sparse one begins every third day, a bursty one every ten hours.
  const [begins, ends] = activity === "sparse" ? [1 / 72, 1 / 2.5] : [1 / 10, 1 / 5];
  let isOn = false;
  return () => (isOn = isOn ? !chance(random, ends) : chance(random, begins));
}

/** An event on its way into the fold. */
export interface Call {
  at: EventTime;
  event: UsageEvent;
  cost: Pico;
}

const COST: Pico = 200_000_000_000n;

/** The calls of one hour, in order, of about 20 cents each: money enough that no floor hides a finding. */
export function callsOf(
  random: Random,
  identity: string,
  hour: number,
  count: number,
  mark = "",
): Call[] {
  const times = Array.from({ length: count }, () => Math.floor(between(random, 0, HOUR)));
  return times
    .toSorted((a, b) => a - b)
    .map((offset, i) => {
      const at = START + hour * HOUR + offset;
      const cost = (COST * BigInt(Math.round(skewed(random, 100, 0.5, 10, 1_000)))) / 100n;
      return { at, event: eventOf(identity, `${identity}-${mark}${hour}-${i}`, at, cost), cost };
    });
}

function eventOf(identity: string, id: string, at: EventTime, cost: Pico): UsageEvent {
  return {
    id,
    time: formatTime(at),
    source: "bench",
    type: "usage",
    tenant: identity,
    identity: { id: identity, type: "service", credential: `fp-${identity}` },
    attribution: { team: "bench", environment: "production" },
    model: { provider: "openai", requested: "gpt-4o" },
    usage: { input_tokens: 1_000, output_tokens: 200 },
    cost: { amount: formatUsd(cost), currency: "USD", basis: "reported" },
  };
}
