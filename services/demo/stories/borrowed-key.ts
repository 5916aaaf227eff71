import { HOUR } from "#core/time.ts";
import { type Call, type Caller, newCall } from "../call.ts";
import { inWeek } from "../calendar.ts";
import { CARE_CHATBOT } from "../company/callers.ts";
import { GPT_MINI } from "../models.ts";
import { between, type Random, skewed } from "../random.ts";
import type { Story } from "./story.ts";

const FRIDAY = 4;
const start = inWeek(FRIDAY, 9.5);
const end = start + 6.5 * HOUR;

export const borrowedKey: Story = {
  name: "borrowed key",
  family: "credential-sharing",
  identity: CARE_CHATBOT.identity,
  severity: "low",
  excess: 0.1,
  start,
  end,
  truth:
    "An agency that rewrites the help pages was given the chatbot's own key to try out answers, and uses it for a day from its office beside the service.",
  calls: agencyCalls,
};

/** The key is the chatbot's, everything else is the agency's. */
const AGENCY: Caller = {
  identity: CARE_CHATBOT.identity,
  type: CARE_CHATBOT.type,
  credential: CARE_CHATBOT.credential!,
  isNamed: false,
  source: CARE_CHATBOT.source,
  network: { ip: "192.0.2.31", asn: 64_507, country: "NL", user_agent: "prompt-studio/3.2.0" },
};

function agencyCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (let at = start; at < end; at += between(random, 0.05, 0.2) * HOUR) {
    const call = newCall(random, AGENCY, GPT_MINI, at);
    call.input = skewed(random, 4_200, 0.4, 900, 12_000);
    call.output = skewed(random, 520, 0.4, 80, 1_600);
    call.latency = 400 + call.output * 9;
    calls.push(call);
  }
  return calls;
}
