import type { Call } from "../call.ts";
import { HISTORY } from "../calendar.ts";
import { GPT_MINI } from "../models.ts";
import type { Random } from "../random.ts";
import { addConversations, type ChatKind } from "../work/conversations.ts";
import { hoursOf, OFFICE_HOURS } from "../work/shapes.ts";
import { CARE_CHATBOT, CARE_STAGING } from "./callers.ts";

const CHATBOT: ChatKind = {
  caller: CARE_CHATBOT,
  model: GPT_MINI,
  agent: "assistant",
  instructions: 3_400,
  answer: 240,
};
const STAGING: ChatKind = { ...CHATBOT, caller: CARE_STAGING };

const TUESDAY = 1;
const PEAK = 112;
const FERRY = Math.round(PEAK * 1.1);
const SMOKE_TEST = 16;

/**
 * The support chatbot: the busiest service, in step with office hours. On the watched Tuesday afternoon
 * a late ferry brings a tenth more questions than ever, which is no finding.
 */
export function chatbotCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const hour of hoursOf(random, { peak: PEAK, shape: OFFICE_HOURS, weekend: 0.35 })) {
    const isLateFerry =
      hour.from >= HISTORY && hour.day.weekday === TUESDAY && hour.hour >= 13 && hour.hour < 17;
    addConversations(random, calls, CHATBOT, isLateFerry ? { ...hour, calls: FERRY } : hour);
  }
  return calls;
}

/** Its copy on staging: the developers of the chatbot try things out, and a smoke test runs at seven. */
export function stagingCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const hour of hoursOf(random, { peak: 9, shape: OFFICE_HOURS, weekend: 0 })) {
    if (hour.hour < 7 || hour.hour > 18) continue;
    const isSmokeTest = hour.hour === 7 && hour.day.isWorkday;
    addConversations(random, calls, STAGING, isSmokeTest ? { ...hour, calls: SMOKE_TEST } : hour);
  }
  return calls;
}
