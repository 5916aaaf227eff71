import { MINUTE, SECOND } from "#core/time.ts";
import type { Call } from "../call.ts";
import { inWeek } from "../calendar.ts";
import { TENDER_RESEARCH } from "../company/callers.ts";
import { GEMINI_PRO } from "../models.ts";
import { between, type Random, whole } from "../random.ts";
import { agentCall, newAgent, subAgent } from "../work/agent.ts";
import type { Story } from "./story.ts";

const FRIDAY = 4;
const start = inWeek(FRIDAY, 14.2);
const end = start + 10 * MINUTE;
const CLAUSES = 230;

export const wideTender: Story = {
  name: "wide tender",
  family: "fan-out-spike",
  identity: TENDER_RESEARCH.identity,
  severity: "medium",
  excess: 20,
  start,
  end,
  truth:
    "A tender without a table of contents: the lead agent takes every clause for a chapter and starts a reader for each at once, and every reader loads the whole document.",
  calls: clauseCalls,
};

function clauseCalls(random: Random): Call[] {
  const lead = newAgent(random, TENDER_RESEARCH, GEMINI_PRO, "tender-reading");
  const plan = agentCall(random, lead, start);
  const calls = [plan];
  let at = start + plan.latency;
  for (let n = CLAUSES; n > 0; n--) {
    at += between(random, 0.3, 1) * SECOND;
    const call = agentCall(random, subAgent(random, lead, plan), at);
    call.input = whole(random, 118_000, 126_000);
    call.latency += 9 * SECOND;
    calls.push(call);
  }
  return calls;
}
