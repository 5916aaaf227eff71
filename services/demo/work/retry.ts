import { SECOND } from "#core/time.ts";
import type { Call } from "../call.ts";
import { between, chance, hex, type Random } from "../random.ts";

/** How often a provider refuses on an ordinary day: mostly 429, sometimes 503. */
const REFUSED = 0.004;

/** Adds the call; now and then it is refused first and politely tried again, twice at most. */
export function pushWithRetries(random: Random, calls: Call[], call: Call): void {
  if (!chance(random, REFUSED)) {
    calls.push(call);
    return;
  }
  const times = chance(random, 0.4) ? 2 : 1;
  for (let attempt = 0; attempt < times; attempt++) {
    const first = refused(random, call, attempt);
    calls.push(first);
    call.at += first.latency + between(random, 2, 5) * SECOND * (attempt + 1);
  }
  call.retries = times;
  calls.push(call);
}

function refused(random: Random, call: Call, attempt: number): Call {
  const isDown = chance(random, 0.2);
  return {
    ...call,
    id: `evt_${hex(random, 20)}`,
    span: hex(random, 16),
    outcome: isDown ? "error" : "throttled",
    retries: attempt,
    input: 0,
    cached: 0,
    written: 0,
    output: 0,
    tools: 0,
    latency: isDown ? between(random, 900, 6_000) : between(random, 40, 160),
  };
}
