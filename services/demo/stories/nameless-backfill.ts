import { HOUR, MINUTE } from "#core/time.ts";
import { type Call, type Caller, newCall } from "../call.ts";
import { inWeek } from "../calendar.ts";
import { CUSTOMS_EXTRACT } from "../company/callers.ts";
import { SONNET } from "../models.ts";
import { between, type Random, skewed } from "../random.ts";
import type { Story } from "./story.ts";

const MONDAY = 0;
const start = inWeek(MONDAY, 14);
const end = start + 3 * HOUR;
const AN_HOUR = 170;

export const namelessBackfill: Story = {
  name: "nameless backfill",
  family: "attribution-gap",
  identity: null,
  severity: "medium",
  excess: 15,
  start,
  end,
  truth:
    "An update of the edge gateway loses the caller's key on its new bulk route; somebody fills a gap in the customs papers over it for three hours, and the gateway cannot say who.",
  calls: backfillCalls,
};

/** What is left of a caller on the bulk route: the gateway and the network behind it. */
const NOBODY: Caller = {
  identity: "",
  type: "service",
  isNamed: false,
  source: CUSTOMS_EXTRACT.source,
  network: CUSTOMS_EXTRACT.network,
};

function backfillCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (let from = start; from < end; from += HOUR) {
    for (let n = AN_HOUR; n > 0; n--) {
      const call = newCall(random, NOBODY, SONNET, from + between(random, 0, HOUR - MINUTE));
      call.input = skewed(random, 7_400, 0.3, 2_500, 15_000);
      call.output = skewed(random, 1_150, 0.3, 400, 2_400);
      call.latency = 1_200 + call.output * 11;
      calls.push(call);
    }
  }
  return calls;
}
