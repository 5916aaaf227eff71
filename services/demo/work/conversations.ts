import { HOUR, SECOND } from "#core/time.ts";
import { type Call, type Caller, type ModelRef, newCall } from "../call.ts";
import { between, hex, type Random, skewed, whole } from "../random.ts";
import { pushWithRetries } from "./retry.ts";
import type { CompanyHour } from "./shapes.ts";

export interface ChatKind {
  caller: Caller;
  model: ModelRef;
  agent: string;
  /** Tokens of the instructions and of the looked-up pages, the same for every conversation and so cached. */
  instructions: number;
  /** Median tokens of an answer. */
  answer: number;
}

/** The hour's calls as conversations of two to six turns with people who read and type. */
export function addConversations(
  random: Random,
  calls: Call[],
  kind: ChatKind,
  { from, calls: wanted }: CompanyHour,
): void {
  let left = wanted;
  while (left > 0) {
    const turns = Math.min(left, whole(random, 2, 6));
    left -= turns;
    const gap = between(random, 25, 110) * SECOND;
    let at = from + between(random, 0, HOUR - turns * (gap + 20 * SECOND));
    const trace = hex(random, 32);
    const session = `conv_${hex(random, 12)}`;
    let context = kind.instructions;
    for (let turn = 1; turn <= turns; turn++) {
      const call = newCall(random, kind.caller, kind.model, at);
      call.trace = trace;
      call.session = session;
      call.agent = kind.agent;
      call.turn = turn;
      call.cached = turn === 1 ? kind.instructions : context;
      context += skewed(random, 260, 0.4, 90, 700);
      call.input = context;
      call.output = skewed(random, kind.answer, 0.35, 40, kind.answer * 3);
      call.latency = 400 + call.output * 9;
      context += call.output;
      pushWithRetries(random, calls, call);
      at += gap * between(random, 0.7, 1.1);
    }
  }
}
