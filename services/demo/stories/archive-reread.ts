import { HOUR, MINUTE } from "#core/time.ts";
import { type Call, newCall } from "../call.ts";
import { inWeek } from "../calendar.ts";
import { CUSTOMS_EXTRACT } from "../company/callers.ts";
import { SONNET } from "../models.ts";
import { between, type Random, skewed } from "../random.ts";
import type { Story } from "./story.ts";

const SUNDAY = 6;
const start = inWeek(SUNDAY, 18);
const end = start + 5 * HOUR;
const AN_HOUR = 240;

export const archiveReread: Story = {
  name: "archive reread",
  family: "usage-anomaly",
  identity: CUSTOMS_EXTRACT.identity,
  severity: "medium",
  excess: 20,
  start,
  end,
  truth:
    "A changed database schema marks a year of customs papers as unread; on Sunday evening the service reads them all again, with the same key, client and model as ever.",
  calls: rereadCalls,
};

function rereadCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (let from = start; from < end; from += HOUR) {
    for (let n = AN_HOUR; n > 0; n--) {
      const call = newCall(
        random,
        CUSTOMS_EXTRACT,
        SONNET,
        from + between(random, 0, HOUR - MINUTE),
      );
      call.workflow = "customs-intake";
      call.cached = 2_900;
      call.input = call.cached + skewed(random, 7_400, 0.3, 2_500, 15_000);
      call.output = skewed(random, 1_150, 0.3, 400, 2_400);
      call.latency = 1_200 + call.output * 11;
      calls.push(call);
    }
  }
  return calls;
}
