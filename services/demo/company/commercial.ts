import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import type { Call } from "../call.ts";
import { DAYS } from "../calendar.ts";
import { GEMINI_PRO, MISTRAL } from "../models.ts";
import { between, type Random, whole } from "../random.ts";
import { type Agent, agentCall, newAgent, pause, subAgent } from "../work/agent.ts";
import { addConversations, type ChatKind } from "../work/conversations.ts";
import { hoursOf, OFFICE_HOURS } from "../work/shapes.ts";
import { DEAL_DESK, TENDER_RESEARCH } from "./callers.ts";

const DEALS: ChatKind = {
  caller: DEAL_DESK,
  model: MISTRAL,
  agent: "deal-desk",
  instructions: 5_800,
  answer: 420,
};

/** The sales assistant: quotes and letters, in office hours. */
export function dealDeskCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const hour of hoursOf(random, { peak: 26, shape: OFFICE_HOURS, weekend: 0 })) {
    if (hour.hour >= 7 && hour.hour < 20) addConversations(random, calls, DEALS, hour);
  }
  return calls;
}

const TENDER_DAYS: readonly number[] = [1, 3];

/**
 * Reads a tender twice a week: one agent hands out two to three dozen chapters, planned and slowly, a
 * new one every five minutes. Wide, but nothing runs away.
 */
export function tenderCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { midnight, weekday } of DAYS) {
    if (!TENDER_DAYS.includes(weekday)) continue;
    const lead = newAgent(random, TENDER_RESEARCH, GEMINI_PRO, "tender-reading");
    let at = midnight + 9 * HOUR + between(random, 0, 30) * MINUTE;
    const plan = agentCall(random, lead, at);
    calls.push(plan);
    for (let n = whole(random, 24, 32); n > 0; n--) {
      at += between(random, 4.5, 6) * MINUTE;
      addChapter(random, calls, subAgent(random, lead, plan), at);
    }
  }
  return calls;
}

function addChapter(random: Random, calls: Call[], reader: Agent, start: number): void {
  let at = start;
  for (let n = whole(random, 5, 9); n > 0; n--) {
    const call = agentCall(random, reader, at);
    calls.push(call);
    at += call.latency + pause(random, 15) + 5 * SECOND;
  }
}
