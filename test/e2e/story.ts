import type { UsageEvent } from "#core/event.ts";
import { formatTime, HOUR, MINUTE } from "#core/time.ts";
import { usageEvent } from "#test/support/events.ts";
import { loop, START } from "#test/support/traffic.ts";

/** When the chat service begins to loop. */
export const LOOP_AT = START + 30 * HOUR;
const FAN_AT = START + 32 * HOUR;

/** Two ordinary days of a chat service, its loop, a short loop of another team, and a flow that fans out. */
export function story(): UsageEvent[] {
  return [
    ...ordinaryDays(),
    ...loop("looping", { at: LOOP_AT, times: 40, cost: { amount: "0.123456" } }),
    ...loop("short", {
      at: LOOP_AT + HOUR,
      times: 4,
      identity: { id: "svc-search", credential: "fp-search", owner: "sam@acme.example" },
      attribution: { team: "search", service: "search", cost_center: "cc-200" },
    }),
    ...fanOut(),
  ].toSorted((a, b) => (a.time < b.time ? -1 : 1));
}

function ordinaryDays(): UsageEvent[] {
  return Array.from({ length: 36 * 4 }, (_, i) =>
    usageEvent({
      id: `day-${i}`,
      time: formatTime(START + i * 15 * MINUTE + 1_000),
      flow: { trace: `day-${i}`, span: `day-${i}` },
      model: i % 4 === 0 ? { requested: "claude-haiku-4-5", served: "claude-haiku-4-5" } : {},
    }),
  );
}

/** One call that calls sixty others within a minute. */
function fanOut(): UsageEvent[] {
  return Array.from({ length: 61 }, (_, i) =>
    usageEvent({
      id: `fan-${i}`,
      time: formatTime(FAN_AT + i * 900),
      identity: { id: "agent-research", credential: "fp-research", owner: "rae@acme.example" },
      attribution: { team: "research", service: "research", cost_center: "cc-300" },
      flow: {
        trace: "fanned",
        span: `fan-${i}`,
        parent_span: i === 0 ? undefined : "fan-0",
        agent: i === 0 ? "lead" : "helper",
      },
      // Each of another size: work, not a loop.
      usage: { input_tokens: 900 + 137 * i, output_tokens: 100 + 31 * i },
      cost: { amount: i === 0 ? "0.5" : "0.25" },
    }),
  );
}

/** The same loop again, of another session: a finding that comes while somebody looks. */
export function another(session: string, hours: number): UsageEvent[] {
  return loop(session, { at: LOOP_AT + hours * HOUR, times: 12 });
}
