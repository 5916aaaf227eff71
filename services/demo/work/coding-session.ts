import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import type { Call } from "../call.ts";
import type { DemoTime } from "../calendar.ts";
import { between, chance, type Random, skewed, whole } from "../random.ts";
import { type Agent, agentCall, pause, subAgent } from "./agent.ts";

/** Measured busiest hours of real sessions have their 99th percentile at 143 calls; these people take breaks. */
const MOST_AN_HOUR = 48;

/** Calls of one session as real ones have them: median 44, 99th percentile 346. */
export function sessionLength(random: Random): number {
  return Math.round(skewed(random, 44, 0.887, 6, 346));
}

/**
 * A developer with a coding agent: thinks 10 s in the median and 475 s at the 95th percentile, sends
 * the agent on, now and then through a sub-agent. Ends after `length` calls or at `end`.
 */
export function codingSession(
  random: Random,
  agent: Agent,
  start: DemoTime,
  end: DemoTime,
  length: number,
): Call[] {
  const calls: Call[] = [];
  let at = start;
  let hourEnd = 0;
  let left = 0;
  while (calls.length < length && at < end) {
    if (at >= hourEnd) {
      hourEnd = Math.ceil((at + 1) / HOUR) * HOUR;
      left = MOST_AN_HOUR;
    }
    if (left <= 0) {
      at = hourEnd + between(random, 1, 9) * MINUTE;
      continue;
    }
    const call = agentCall(random, agent, at);
    calls.push(call);
    left -= 1;
    at += call.latency;
    if (chance(random, 0.006)) {
      const errand = sideErrand(random, agent, call, at);
      calls.push(...errand);
      left -= errand.length;
      at = errand.at(-1)!.at + 8 * SECOND;
    }
    const think = skewed(random, 10, 2.35, 0.3, 1_500) * SECOND;
    if (think > 30 * SECOND) agent.turn += 1;
    at += think;
  }
  return calls;
}

/** A sub-agent looks something up while the main one waits. */
function sideErrand(random: Random, agent: Agent, by: Call, start: DemoTime): Call[] {
  const helper = subAgent(random, agent, by);
  const calls: Call[] = [];
  let at = start + SECOND;
  for (let n = whole(random, 4, 9); n > 0; n--) {
    const call = agentCall(random, helper, at);
    calls.push(call);
    at += call.latency + pause(random, 3);
  }
  return calls;
}
