import { HOUR } from "#core/time.ts";
import { type Call, newCall } from "../call.ts";
import { inWeek } from "../calendar.ts";
import { FREIGHT_SEARCH } from "../company/callers.ts";
import { GEMINI_FLASH } from "../models.ts";
import { between, type Random, skewed } from "../random.ts";
import type { Story } from "./story.ts";

const TUESDAY = 1;
const start = inWeek(TUESDAY, 9);
const end = start + 30 * HOUR;

export const newCustomer: Story = {
  name: "new customer",
  family: "new-tenant",
  identity: FREIGHT_SEARCH.identity,
  severity: "info",
  excess: 0.1,
  start,
  end,
  truth:
    "The search serves a customer that was signed last week: nothing is wrong, and nobody has entered it for showback yet.",
  calls: customerCalls,
};

/** A few questions an hour by day: too few to move anything. */
function customerCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (let at = start; at < end; at += between(random, 0.2, 0.6) * HOUR) {
    const call = newCall(random, FREIGHT_SEARCH, GEMINI_FLASH, at);
    call.customer = "tideway-pharma";
    call.input = skewed(random, 5_200, 0.3, 1_800, 11_000);
    call.output = skewed(random, 210, 0.4, 60, 700);
    call.latency = 500 + call.output * 6;
    calls.push(call);
  }
  return calls;
}
