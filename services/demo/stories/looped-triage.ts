import { MINUTE } from "#core/time.ts";
import type { Call } from "../call.ts";
import { inWeek } from "../calendar.ts";
import { TRIAGE_AGENT } from "../company/callers.ts";
import { OPUS } from "../models.ts";
import { between, hex, pick, type Random } from "../random.ts";
import { type Agent, agentCall, newAgent, pause } from "../work/agent.ts";
import type { Story } from "./story.ts";

const THURSDAY = 3;
const start = inWeek(THURSDAY, 16.4);
const end = start + 74 * MINUTE;

/** First in the week, so that a viewer sees a finding within seconds. */
export const loopedTriage: Story = {
  name: "looped triage",
  family: "prompt-loop",
  identity: TRIAGE_AGENT.identity,
  severity: "medium",
  excess: 20,
  start,
  end,
  truth:
    "The on-call agent asks for the state of a queue that a dead exporter no longer reports, opens the same runbook page, and asks again, for over an hour, until somebody stops it.",
  calls: loopCalls,
};

function loopCalls(random: Random): Call[] {
  const agent = newAgent(random, TRIAGE_AGENT, OPUS, "alert-triage");
  const calls: Call[] = [];
  let at = start;
  for (let i = 0; i < 9; i++) {
    const call = agentCall(random, agent, at);
    calls.push(call);
    at += call.latency + pause(random, 5);
  }
  // A large log excerpt: from here on every round carries it along.
  agent.context += 74_000;
  const cycle = [newStep(random), newStep(random)];
  for (let i = 0; at < end; i++) {
    const call = repeat(random, agent, at, cycle[i % 2]!);
    calls.push(call);
    at += between(random, 14.5, 18) * 1_000;
  }
  return calls;
}

interface Step {
  prompt: string;
  result: string;
  /** New tokens and answer of this step: the same tool output each time. */
  added: number;
  output: number;
}

function newStep(random: Random): Step {
  return {
    prompt: hex(random, 32),
    result: hex(random, 32),
    added: pick(random, [620, 760, 840]),
    output: pick(random, [190, 240, 310]),
  };
}

function repeat(random: Random, agent: Agent, at: number, step: Step): Call {
  const before = agent.context;
  const call = agentCall(random, agent, at);
  // The transcript only grows: this agent runs with a long context and never sums up.
  agent.context = before + step.added;
  call.cached = before;
  call.written = step.added;
  call.input = agent.context;
  call.output = step.output;
  call.prompt = step.prompt;
  call.result = step.result;
  call.latency = 3_000 + step.output * 14;
  return call;
}
