import { HOUR, MINUTE } from "#core/time.ts";
import { type Call, newCall } from "../call.ts";
import { DAYS } from "../calendar.ts";
import { GPT } from "../models.ts";
import { between, chance, hex, type Random, skewed, whole } from "../random.ts";
import { NOTEBOOK } from "./callers.ts";

/** A person trying things in a notebook: an hour or two on some days, and no tags at all. */
export function notebookCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { midnight, isWorkday } of DAYS) {
    if (!isWorkday || chance(random, 0.4)) continue;
    const session = `nb_${hex(random, 10)}`;
    let at = midnight + between(random, 9.5, 15) * HOUR;
    for (let n = whole(random, 8, 34); n > 0; n--) {
      const call = newCall(random, NOTEBOOK, GPT, at);
      call.session = session;
      call.input = skewed(random, 2_600, 0.8, 200, 24_000);
      call.output = skewed(random, 500, 0.6, 50, 3_000);
      call.latency = 800 + call.output * 14;
      calls.push(call);
      at += call.latency + skewed(random, 1.2, 0.9, 0.2, 12) * MINUTE;
    }
  }
  return calls;
}
