import { isNothing, toCount, toText, toUsd } from "./convert.ts";
import { missing, wrongType } from "./field-problem.ts";
import { type FieldTable, flat, type Mapping } from "./fields.ts";
import { isObject } from "./format.ts";
import type { Attributes } from "./otlp-attributes.ts";
import { inputDigest, outputDigest } from "./otlp-content.ts";
import { type Operation, operationOf } from "./otlp-operation.ts";
import { RESOURCE_FIELDS } from "./otlp-resource.ts";
import { spanOutcome } from "./otlp-span-outcome.ts";
import { millisOfNanos, nanosTime } from "./otlp-time.ts";
import { createReader, type Draft, sectionOf } from "./read-fields.ts";
import { settleTokens } from "./tokens.ts";

const { text, count, usd, derived, find } = flat;

const AGENT = ["gen_ai.agent.id", "gen_ai.agent.name"];
const USER = ["user.id", "enduser.id", "langfuse.user.id"];

const vendorCost = usd("gen_ai.usage.cost", "llm.cost.total");
const firstChunk = flat.millis(1_000, "gen_ai.response.time_to_first_chunk");
const firstChunkOfSdk = flat.millis(1, "ai.response.msToFirstChunk");

/** A span of a call, by the GenAI conventions, newest names first, and the vendors' own. */
export const SPAN: FieldTable = {
  id: derived(["traceId + spanId"], (record) => {
    const [trace, span] = [find("traceId")(record), find("spanId")(record)];
    if (trace === undefined) throw missing("traceId");
    if (span === undefined) throw missing("spanId");
    return `${toText(trace, "traceId")}:${toText(span, "spanId")}`;
  }),
  time: nanosTime(["startTimeUnixNano"]),
  tenant: text("tenant.id"),
  "identity.id": text(...AGENT, ...USER, "service.name"),
  "identity.type": derived(["which of the names of `identity.id` it was"], (record) => {
    const isThere = (name: string): boolean => !isNothing(find(name)(record));
    if (AGENT.some(isThere)) return "agent";
    if (USER.some(isThere)) return "user";
    return isThere("service.name") ? "workload" : undefined;
  }),
  ...RESOURCE_FIELDS,
  "flow.trace": text("traceId"),
  "flow.span": text("spanId"),
  "flow.parent_span": text("parentSpanId"),
  "flow.session": text("gen_ai.conversation.id", "session.id", "langfuse.session.id"),
  "flow.workflow": text("gen_ai.workflow.name"),
  "flow.agent": text(...AGENT),
  "flow.provider_request_id": text("gen_ai.response.id", "ai.response.id"),
  "model.provider": text("gen_ai.provider.name", "gen_ai.system", "llm.provider"),
  "model.requested": text(
    "gen_ai.request.model",
    "llm.model_name",
    "embedding.model_name",
    "ai.model.id",
  ),
  "model.served": text("gen_ai.response.model", "ai.response.model"),
  "usage.input_tokens": count(
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
  ),
  "usage.output_tokens": count(
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
  ),
  "usage.cached_input_tokens": count(
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
    "ai.usage.cachedInputTokens",
  ),
  "usage.cache_write_tokens": count(
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
  ),
  "usage.reasoning_tokens": count(
    "gen_ai.usage.reasoning.output_tokens",
    "llm.token_count.completion_details.reasoning",
    "ai.usage.reasoningTokens",
  ),
  "usage.retries": count("http.request.resend_count"),
  "cost.amount": derived(
    [...vendorCost.from, "langfuse.observation.cost_details.total"],
    (record, mapping) => vendorCost.read(record, mapping) ?? langfuseCost(record),
  ),
  "outcome.latency_ms": derived(["endTimeUnixNano - startTimeUnixNano"], (record) => {
    const start = millisOfNanos(find("startTimeUnixNano")(record), "startTimeUnixNano");
    const end = millisOfNanos(find("endTimeUnixNano")(record), "endTimeUnixNano");
    // Two clocks may have told them: a call that ended before it began still counts.
    return start !== undefined && end !== undefined && end >= start ? end - start : undefined;
  }),
  "outcome.ttft_ms": derived(
    [...firstChunk.from, ...firstChunkOfSdk.from],
    (record, mapping) => firstChunk.read(record, mapping) ?? firstChunkOfSdk.read(record, mapping),
  ),
  "network.ip": text("client.address"),
  "network.user_agent": text("user_agent.original"),
  "content.prompt_digest": derived(
    ["gen_ai.input.messages", "gen_ai.tool.call.arguments", "ai.prompt.messages"],
    (record, { digest }) => inputDigest(record as Attributes, digest),
  ),
  "content.result_digest": derived(
    ["gen_ai.output.messages", "gen_ai.tool.call.result", "ai.response.text"],
    (record, { digest }) => outputDigest(record as Attributes, digest),
  ),
  "model.operation": derived(
    ["gen_ai.operation.name", "openinference.span.kind", "llm.request.type", "ai.operationId"],
    (record) => operationOf(record as Attributes) ?? undefined,
  ),
};

const readSpan = createReader(SPAN);

const TOTALS = [
  "gen_ai.usage.total_tokens",
  "llm.usage.total_tokens",
  "llm.token_count.total",
  "ai.usage.totalTokens",
];

/** The event of a span; none where it is no call of a model or tool. Throws FieldProblem. */
export function mapSpan(span: Attributes, mapping: Mapping): readonly Draft[] {
  const operation: Operation = operationOf(span);
  if (operation === null) return [];
  const draft = readSpan(span, mapping);
  Object.assign(sectionOf(draft, "outcome"), spanOutcome(span));
  mapping.quality.push("sample.partial");
  if (!isThere(draft, "network", "ip")) mapping.quality.push("net.missing");
  if (operation === "execute_tool") return [withoutTokens(draft)];
  const total = TOTALS.find((name) => !isNothing(span[name]));
  settleTokens(draft, "auto", mapping, total ? toCount(span[total], total) : undefined);
  if (!isThere(draft, "usage", "input_tokens") && !isThere(draft, "usage", "output_tokens")) {
    mapping.quality.push("tok.missing");
  }
  return [draft];
}

/** A tool uses no tokens; its span may repeat those of the call that asked for it. */
function withoutTokens(draft: Draft): Draft {
  const { retries } = sectionOf(draft, "usage");
  draft["usage"] = {
    input_tokens: 0,
    output_tokens: 0,
    tool_calls: 1,
    ...(retries !== undefined && { retries }),
  };
  delete draft["cost"];
  return draft;
}

function isThere(draft: Draft, section: string, name: string): boolean {
  return (draft[section] as Record<string, unknown> | undefined)?.[name] !== undefined;
}

/** The vendor writes its costs as JSON in a text. */
function langfuseCost(record: object): string | undefined {
  const name = "langfuse.observation.cost_details";
  const details = find(name)(record);
  if (isNothing(details)) return undefined;
  if (typeof details !== "string") throw wrongType(name, "JSON in a string");
  let parsed: unknown;
  try {
    parsed = JSON.parse(details);
  } catch {
    throw wrongType(name, "JSON in a string");
  }
  const total = isObject(parsed) ? parsed["total"] : undefined;
  return isNothing(total) ? undefined : toUsd(total, `${name}.total`);
}
