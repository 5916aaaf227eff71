import type { Attribution, IdentityType, Network, Outcome, ServiceTier } from "#core/event.ts";
import type { DemoTime } from "./calendar.ts";
import { hex, type Random } from "./random.ts";

/** Who calls, and what its gateway says of it on every event. */
export interface Caller {
  identity: string;
  type: IdentityType;
  /** Fingerprint of the credential; absent where the gateway knows the user only. */
  credential?: string;
  /** False: the gateway sees the key only, and the directory says whose it is. */
  isNamed: boolean;
  source: string;
  network: Network;
  /** What the caller tags by itself. */
  attribution?: Attribution;
}

export interface ModelRef {
  provider: string;
  name: string;
  tier?: ServiceTier;
}

/** One call of the demo before it is written as an event: flat, and cheap to keep by the ten thousand. */
export interface Call {
  at: DemoTime;
  id: string;
  caller: Caller;
  model: ModelRef;
  operation: "chat" | "embeddings";
  trace: string;
  span: string;
  parent: string | null;
  session: string | null;
  agent: string | null;
  workflow: string | null;
  turn: number | null;
  /** Cache-inclusive, as in the canonical event. */
  input: number;
  cached: number;
  written: number;
  output: number;
  tools: number;
  retries: number;
  outcome: NonNullable<Outcome["status"]>;
  /** Why the provider refused, where its status alone does not say. */
  errorClass: Outcome["error_class"] | null;
  latency: number;
  /** Null where the sender makes no digests. */
  prompt: string | null;
  result: string | null;
  customer: string | null;
}

/** A call with ids of its own, a new prompt and a new result; the rest is for its maker to fill in. */
export function newCall(random: Random, caller: Caller, model: ModelRef, at: DemoTime): Call {
  return {
    at,
    id: `evt_${hex(random, 20)}`,
    caller,
    model,
    operation: "chat",
    trace: hex(random, 32),
    span: hex(random, 16),
    parent: null,
    session: null,
    agent: null,
    workflow: null,
    turn: null,
    input: 0,
    cached: 0,
    written: 0,
    output: 0,
    tools: 0,
    retries: 0,
    outcome: "ok",
    errorClass: null,
    latency: 0,
    prompt: hex(random, 32),
    result: hex(random, 32),
    customer: null,
  };
}
