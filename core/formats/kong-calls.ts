import type { Outcome } from "../event.ts";
import { canonical } from "./content.ts";
import { isNothing } from "./convert.ts";
import { nested, type FieldTable, type Mapping } from "./fields.ts";
import { isObject } from "./format.ts";
import {
  callerOr,
  finishOutcome,
  parsedPayload,
  REQUEST,
  tagsWith,
  viewOf,
} from "./kong-request.ts";
import { classOfName, statusOfClass } from "./outcome.ts";
import { createReader, type Draft, sectionOf } from "./read-fields.ts";

type Json = Readonly<Record<string, unknown>>;

const { text, millis, derived, always, find } = nested;

const METHOD = find("ai.mcp.rpc[].method");
const ASKED = find("ai.mcp.rpc[].payload.request");
const ANSWERED = find("ai.mcp.rpc[].payload.response");
const ERROR = find("ai.mcp.rpc[].error");
const DENIED = find("ai.mcp.audit[].action");
const PLACE = find("place");

/** Calls of tools; `rpc[]` and `audit[]` are one entry of these lists. */
export const MCP: FieldTable = {
  ...REQUEST,
  id: idIn("ai.mcp.rpc[]"),
  ...callerOr("ai.mcp.audit[].consumer.name"),
  "attribution.tags": tagsWith({ tool: "ai.mcp.rpc[].tool_name" }),
  "flow.session": text("ai.mcp.mcp_session_id"),
  "model.operation": derived(["ai.mcp.rpc[].method"], (record) =>
    isToolCall(record) ? "execute_tool" : METHOD(record),
  ),
  "usage.tool_calls": derived(["ai.mcp.rpc[].method"], (record) =>
    isToolCall(record) ? 1 : undefined,
  ),
  "outcome.latency_ms": millis(1, "ai.mcp.rpc[].latency"),
  "outcome.policy": text("ai.mcp.audit[].primitive_name"),
  "content.prompt_digest": derived(["ai.mcp.rpc[].payload.request"], (record, { digest }) => {
    const request = parsedPayload(ASKED(record));
    const params = isObject(request) ? request["params"] : undefined;
    if (!isObject(params)) return undefined;
    return digest(canonical([params["name"], params["arguments"]]));
  }),
  "content.result_digest": derived(["ai.mcp.rpc[].payload.response"], (record, { digest }) => {
    const response = parsedPayload(ANSWERED(record));
    const result = isObject(response) ? response["result"] : undefined;
    return result === undefined ? undefined : digest(canonical(result));
  }),
};

/** Messages from agent to agent. */
export const A2A: FieldTable = {
  ...REQUEST,
  id: idIn("ai.a2a.rpc[]"),
  "flow.session": text("ai.a2a.rpc[].context_id"),
  "flow.workflow": text("ai.a2a.rpc[].task_id"),
  "model.operation": always("invoke_agent"),
  "outcome.latency_ms": millis(1, "ai.a2a.rpc[].latency"),
  "outcome.ttft_ms": millis(1, "ai.a2a.rpc[].ttfb_latency"),
};

const readMcp = createReader(MCP);
const readA2a = createReader(A2A);

/** One event per call of the entry, and per refusal of the gateway that no call is logged for. */
export function mapMcp(record: object, mcp: Json, mapping: Mapping): Draft[] {
  const calls = objectsOf(mcp["rpc"]);
  const refusals = objectsOf(mcp["audit"]).filter(({ action }) => action === "deny");
  const { mcp_session_id } = mcp;
  const entries = calls.map((rpc) => {
    const refusal = refusals.find(({ primitive_name: name }) => name === rpc["tool_name"]);
    return { "rpc[]": rpc, "audit[]": refusal };
  });
  // Tools left out of a list are not calls that were refused.
  const isList = calls.some(({ method }) => String(method).endsWith("/list"));
  const others = isList
    ? []
    : refusals.filter((each) => !entries.some((e) => e["audit[]"] === each));
  return [...entries, ...others.map((refusal) => ({ "audit[]": refusal }))].map((entry, place) => {
    const view = viewOf(record, { place, ai: { mcp: { mcp_session_id, ...entry } } });
    const outcome = DENIED(view) === "deny" ? REFUSED : failureOf(ERROR(view));
    return finish(readMcp(view, mapping), record, outcome);
  });
}

/** One event per message of the entry. */
export function mapA2a(record: object, a2a: Json, mapping: Mapping): Draft[] {
  return objectsOf(a2a["rpc"]).map((rpc, place) => {
    const view = viewOf(record, { place, ai: { a2a: { "rpc[]": rpc } } });
    const outcome = failureOf(rpc["error"]) ?? TASKS.get(String(rpc["task_state"]).toLowerCase());
    return finish(readA2a(view, mapping), record, outcome);
  });
}

const REFUSED: Outcome = { status: "denied", error_class: "access_denied" };

/** Task states that are no success, as the gateway writes them. */
const TASKS: ReadonlyMap<string, Outcome> = new Map([
  ["failed", { status: "error", error_class: "upstream" }],
  ["canceled", { status: "cancelled" }],
  ["rejected", REFUSED],
]);

function failureOf(error: unknown): Outcome | undefined {
  if (isNothing(error)) return undefined;
  const error_class = classOfName(typeof error === "string" ? error : JSON.stringify(error));
  return { status: statusOfClass(error_class), error_class };
}

/** The gateway calls no model for it: whatever tokens it costs are another call's. */
function finish(draft: Draft, record: object, outcome: Outcome | undefined): Draft {
  Object.assign(sectionOf(draft, "usage"), { input_tokens: 0, output_tokens: 0 });
  Object.assign(sectionOf(draft, "outcome"), outcome);
  finishOutcome(draft, record);
  return draft;
}

/** Without an entry of its own a refusal is of a call. */
function isToolCall(record: object): boolean {
  const method = METHOD(record);
  return isNothing(method) || method === "tools/call";
}

function idIn(list: string) {
  return derived([`request.id + place in ${list}`], (record, mapping) => {
    const request = REQUEST["id"]!.read(record, mapping) as string | undefined;
    return request === undefined ? undefined : `${request}/${String(PLACE(record))}`;
  });
}

function objectsOf(list: unknown): Json[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
