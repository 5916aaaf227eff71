import { HOUR, SECOND } from "#core/time.ts";
import { type Call, newCall } from "../call.ts";
import { DAYS } from "../calendar.ts";
import { HAIKU_BATCH, SONNET } from "../models.ts";
import { between, type Random, skewed, whole } from "../random.ts";
import { pushWithRetries } from "../work/retry.ts";
import { hoursOf, OFFICE_HOURS } from "../work/shapes.ts";
import { CUSTOMS_EXTRACT, SHIPMENT_DIGEST } from "./callers.ts";

/** Reads customs papers as they arrive: quiet, steady, and nobody looks at it twice. */
export function customsCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { from, calls: papers } of hoursOf(random, {
    peak: 34,
    shape: OFFICE_HOURS,
    weekend: 0.3,
  })) {
    for (let n = papers; n > 0; n--) {
      const at = from + between(random, 0, HOUR - 40 * SECOND);
      const call = newCall(random, CUSTOMS_EXTRACT, SONNET, at);
      call.workflow = "customs-intake";
      call.cached = 2_900;
      call.input = call.cached + skewed(random, 7_400, 0.3, 2_500, 15_000);
      call.output = skewed(random, 1_150, 0.3, 400, 2_400);
      call.latency = 1_200 + call.output * 11;
      pushWithRetries(random, calls, call);
    }
  }
  return calls;
}

/** Sums up every shipment of the day, at night and at the batch rate, each in a trace of its own. */
export function digestCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { midnight, isWorkday } of DAYS) {
    let at = midnight + 2 * HOUR + between(random, 2, 90) * SECOND;
    for (let n = isWorkday ? whole(random, 350, 400) : whole(random, 110, 150); n > 0; n--) {
      const call = newCall(random, SHIPMENT_DIGEST, HAIKU_BATCH, at);
      call.workflow = "nightly-digest";
      call.input = skewed(random, 3_600, 0.5, 700, 16_000);
      call.output = skewed(random, 380, 0.3, 120, 900);
      call.latency = 900 + call.output * 7;
      calls.push(call);
      at += between(random, 8, 22) * SECOND;
    }
  }
  return calls;
}
