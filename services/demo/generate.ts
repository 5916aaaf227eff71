import type { EventTime } from "#core/time.ts";
import type { Call } from "./call.ts";
import { demoFrame, LENGTH } from "./calendar.ts";
import { COMPANY } from "./company/index.ts";
import { toPayload } from "./payload.ts";
import { createRandom } from "./random.ts";
import { STORIES } from "./stories/index.ts";

export interface DemoOptions {
  seed: number;
  /** Where the demo week ends; cut to the hour. */
  until: EventTime;
}

/**
 * The usage events of a small company, as its gateways send them: eight days of silent history and the
 * week up to `until`, in order of time. The same seed gives the same events; another `until` only
 * shifts their times.
 */
export function* generateDemo({ seed, until }: DemoOptions): Generator<Record<string, unknown>> {
  const { start } = demoFrame(until);
  for (const call of demoCalls(seed)) yield toPayload(call, start);
}

function demoCalls(seed: number): Call[] {
  const calls: Call[] = [];
  for (const { name, calls: make } of [...COMPANY, ...STORIES]) {
    for (const call of make(createRandom(seed, name), seed)) {
      // The clock of the events has milliseconds, and so has their order.
      call.at = Math.floor(call.at);
      if (call.at >= 0 && call.at < LENGTH) calls.push(call);
    }
  }
  return calls.toSorted(byTime);
}

function byTime(a: Call, b: Call): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}
