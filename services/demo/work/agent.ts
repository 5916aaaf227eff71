import { SECOND } from "#core/time.ts";
import { type Call, type Caller, type ModelRef, newCall } from "../call.ts";
import type { DemoTime } from "../calendar.ts";
import { chance, hex, pick, type Random, skewed, whole } from "../random.ts";

/** One agent of one session: what it has read so far grows with every call and is nearly all cached. */
export interface Agent {
  caller: Caller;
  model: ModelRef;
  trace: string;
  session: string;
  workflow: string | null;
  name: string;
  /** The span that started it, then its own first call. */
  parent: string | null;
  context: number;
  turn: number;
}

/** Beyond this an agent sums up what it read and goes on with a fifth of it. */
const COMPACTION = 165_000;

export function newAgent(
  random: Random,
  caller: Caller,
  model: ModelRef,
  workflow: string | null = null,
): Agent {
  return {
    caller,
    model,
    trace: hex(random, 32),
    session: `ses_${hex(random, 12)}`,
    workflow,
    name: "main",
    parent: null,
    context: 0,
    turn: 1,
  };
}

/** An agent that another one starts from the call `by`. */
export function subAgent(random: Random, of: Agent, by: Call): Agent {
  const role = pick(random, ["explore", "test", "review"]);
  return { ...of, name: `${role}-${hex(random, 4)}`, parent: by.span, context: 0 };
}

/**
 * The agent's next call. Sizes follow measured coding sessions: what is appended has its median at 655
 * tokens and its 95th percentile at 6,404; the rest is the cached prefix.
 */
export function agentCall(random: Random, agent: Agent, at: DemoTime): Call {
  const call = newCall(random, agent.caller, agent.model, at);
  const isFirst = agent.context === 0;
  if (agent.context > COMPACTION) agent.context *= 0.2;
  const added = isFirst ? whole(random, 14_000, 24_000) : skewed(random, 655, 1.386, 60, 12_000);
  call.cached = isFirst ? 0 : agent.context;
  agent.context += added;
  call.input = agent.context;
  if (agent.model.provider === "anthropic") call.written = added;
  call.output = skewed(random, 340, 0.9, 40, 4_000);
  call.tools = chance(random, 0.8) ? 1 : 0;
  call.latency = Math.max(2_600, call.output * 14 + skewed(random, 1_800, 0.5, 700, 9_000));
  call.trace = agent.trace;
  call.session = agent.session;
  call.workflow = agent.workflow;
  call.agent = agent.name;
  call.turn = agent.turn;
  call.parent = agent.parent;
  if (isFirst && agent.parent !== null) agent.parent = call.span;
  return call;
}

/** Seconds between an answer and the agent's next call while it works alone. */
export function pause(random: Random, median: number): number {
  return skewed(random, median, 0.6, 0.4, 120) * SECOND;
}
