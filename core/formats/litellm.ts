import { nested, type FieldTable, type Mapping } from "./fields.ts";
import { asOneRecord, type Format, isObject } from "./format.ts";
import { newContentDigest, resultDigest } from "./content.ts";
import { litellmOutcome, MODEL_OPERATIONS, OUTCOME_NAMES } from "./litellm-outcome.ts";
import { partsOf } from "./json-parts.ts";
import { createReader, type Draft, sectionOf } from "./read-fields.ts";
import { settleTokens } from "./tokens.ts";
import { toCount } from "./convert.ts";

const { text, count, usd, time, between, tags, word, derived, find } = nested;

/** What the generic API callback posts: the gateway's standard logging payload. */
const CALLBACK: FieldTable = {
  id: text("litellm_call_id", "id"),
  time: time("startTime"),
  tenant: text("metadata.user_api_key_org_id"),
  "identity.id": text(
    "agent_id",
    "metadata.user_api_key_alias",
    "metadata.user_api_key_hash",
    "standard_logging_object.metadata.user_api_key_alias",
  ),
  "identity.credential": text(
    "metadata.user_api_key_hash",
    "standard_logging_object.metadata.user_api_key_hash",
  ),
  "identity.owner": text("metadata.user_api_key_user_email", "metadata.user_api_key_user_id"),
  "attribution.team": text("metadata.user_api_key_team_alias", "metadata.user_api_key_team_id"),
  "attribution.service": text(
    "metadata.user_api_key_project_alias",
    "metadata.user_api_key_project_id",
  ),
  "attribution.customer": text("end_user", "metadata.user_api_key_end_user_id"),
  "attribution.tags": tags("request_tags", "metadata.spend_logs_metadata"),
  "flow.trace": text("trace_id"),
  "flow.span": text("litellm_call_id"),
  "flow.session": text("session_id", "metadata.mcp_tool_call_metadata.mcp_session_id"),
  "flow.parent_span": text("metadata.requester_custom_headers.x-mh-parent"),
  "flow.workflow": text("metadata.requester_custom_headers.x-mh-workflow"),
  "flow.agent": text("agent_id", "metadata.requester_custom_headers.x-mh-agent"),
  "flow.request_id": text("litellm_call_id"),
  "flow.provider_request_id": text("id"),
  "model.provider": text("custom_llm_provider"),
  "model.requested": text("model_group", "model"),
  "model.served": text("model"),
  "model.operation": word(MODEL_OPERATIONS, "call_type"),
  "usage.input_tokens": count("prompt_tokens"),
  "usage.output_tokens": count("completion_tokens"),
  "usage.cached_input_tokens": count(
    ...usageNames("prompt_tokens_details.cached_tokens", "cache_read_input_tokens"),
  ),
  "usage.cache_write_tokens": count(...usageNames("cache_creation_input_tokens")),
  "usage.reasoning_tokens": count(...usageNames("completion_tokens_details.reasoning_tokens")),
  "usage.tool_calls": oneFor("metadata.mcp_tool_call_metadata"),
  "cost.amount": usd("response_cost"),
  "outcome.latency_ms": between("startTime", "endTime"),
  "outcome.ttft_ms": derived(["completionStartTime - startTime, if streaming"], (record, mapping) =>
    find("stream")(record) === true ? FIRST_TOKEN.read(record, mapping) : undefined,
  ),
  "network.ip": text("requester_ip_address", "metadata.requester_ip_address"),
  "network.user_agent": text("user_agent", "metadata.user_agent"),
  "content.prompt_digest": derived(["messages"], (record, { digest }) =>
    newContentDigest(find("messages")(record), digest),
  ),
  "content.result_digest": derived(["response"], (record, { digest }) =>
    resultDigest(find("response")(record), digest),
  ),
};

const FIRST_TOKEN = between("startTime", "completionStartTime");

/** A row of the table `LiteLLM_SpendLogs`, as exports have it. */
const SPEND_LOG: FieldTable = {
  id: text("request_id"),
  time: time("startTime"),
  tenant: text("organization_id"),
  "identity.id": text("agent_id", "metadata.user_api_key_alias", "api_key"),
  "identity.credential": text("api_key"),
  "identity.owner": text("metadata.user_api_key_user_email", "user"),
  "attribution.team": text("metadata.user_api_key_team_alias", "team_id"),
  "attribution.service": text(
    "metadata.user_api_key_project_alias",
    "metadata.user_api_key_project_id",
  ),
  "attribution.customer": text("end_user"),
  "attribution.tags": tags("request_tags", "metadata.spend_logs_metadata"),
  "flow.session": text("session_id"),
  "flow.agent": text("agent_id"),
  "flow.request_id": text("request_id"),
  "flow.provider_request_id": text("request_id"),
  "model.provider": text("custom_llm_provider"),
  "model.requested": text("model_group", "model"),
  "model.served": text("model"),
  "model.operation": word(MODEL_OPERATIONS, "call_type"),
  "usage.input_tokens": count("prompt_tokens"),
  "usage.output_tokens": count("completion_tokens"),
  "usage.cached_input_tokens": count(
    "metadata.usage_object.prompt_tokens_details.cached_tokens",
    "metadata.usage_object.cache_read_input_tokens",
  ),
  "usage.cache_write_tokens": count("metadata.usage_object.cache_creation_input_tokens"),
  "usage.reasoning_tokens": count(
    "metadata.usage_object.completion_tokens_details.reasoning_tokens",
  ),
  "usage.tool_calls": oneFor("mcp_namespaced_tool_name"),
  "usage.retries": derived(
    ["metadata.attempted_retries + metadata.attempted_fallbacks"],
    (record) => {
      const tries = [
        find("metadata.attempted_retries")(record),
        find("metadata.attempted_fallbacks")(record),
      ];
      const known = tries.filter((value) => value !== undefined && value !== null);
      return known.length === 0
        ? undefined
        : known.reduce<number>((sum, value) => sum + toCount(value, "metadata.attempted"), 0);
    },
  ),
  "cost.amount": usd("spend"),
  "outcome.latency_ms": between("startTime", "endTime"),
  "network.ip": text("requester_ip_address"),
  "network.user_agent": text("metadata.user_agent"),
};

/** What a row's metadata is read for: nine tenths of it are what the gateway knows of the model. */
const OF_METADATA: ReadonlySet<string> = new Set(
  [...Object.values(SPEND_LOG).flatMap(({ from }) => from), ...OUTCOME_NAMES].flatMap((names) =>
    Array.from(names.matchAll(/\bmetadata\.(\w+)/g), ([, name]) => name!),
  ),
);

function usageNames(...names: string[]): string[] {
  const places = ["metadata.usage_object", "hidden_params.usage_object", "response.usage"];
  return places.flatMap((place) => names.map((name) => `${place}.${name}`));
}

/** A record of an MCP call stands for one tool call. */
function oneFor(name: string) {
  const at = find(name);
  return derived([name], (record) => (at(record) ? 1 : undefined));
}

const readCallback = createReader(CALLBACK);
const readSpendLog = createReader(SPEND_LOG);

export const litellm: Format = {
  name: "litellm",
  title: "LiteLLM callback and spend logs",
  routes: ["POST /v1/ingest/litellm"],
  tokens: "auto",
  lineage: "session",
  cannot: [],
  sometimes: ["lineage.session_only", "tok.semantics_inferred", "tok.total_mismatch"],
  follows:
    "Fan-out is judged by session. Calls below another name it in the header `x-mh-parent`; then there are true edges. A batch that the gateway loses is seen only by reconciliation.",
  tables: { callback: CALLBACK, "spend log": SPEND_LOG },
  isLike: (payload) =>
    isObject(payload) &&
    "call_type" in payload &&
    "startTime" in payload &&
    ("response_cost" in payload || "litellm_call_id" in payload || "spend" in payload),
  unpack: asOneRecord,
  map(record, mapping) {
    const isSpendLog = "spend" in record && !("litellm_call_id" in record);
    return [isSpendLog ? mapSpendLog(record, mapping) : mapCallback(record, mapping)];
  },
};

function mapCallback(record: object, mapping: Mapping): Draft {
  const draft = readCallback(record, mapping);
  if (find("response_cost_failure_debug_info")(record)) delete draft["cost"];
  return finish(draft, record, mapping);
}

function mapSpendLog(record: object, mapping: Mapping): Draft {
  const whole = { ...record } as Record<string, unknown>;
  whole["metadata"] = unpacked(whole["metadata"], (text) => partsOf(text, OF_METADATA));
  whole["request_tags"] = unpacked(whole["request_tags"], JSON.parse);
  return finish(readSpendLog(whole, mapping), whole, mapping);
}

function finish(draft: Draft, record: object, mapping: Mapping): Draft {
  const total = find("total_tokens")(record);
  settleTokens(draft, "auto", mapping, typeof total === "number" ? total : undefined);
  const outcome = litellmOutcome(record);
  Object.assign(sectionOf(draft, "outcome"), outcome);
  const identity = draft["identity"] as Record<string, unknown> | undefined;
  if (identity) identity["type"] = find("agent_id")(record) ? "agent" : "api_key";
  const tagged = draft["attribution"] as { tags?: Record<string, string> } | undefined;
  if (tagged?.tags) delete tagged.tags["User-Agent"];
  if ((draft["flow"] as { parent_span?: string } | undefined)?.parent_span === undefined) {
    mapping.quality.push("lineage.session_only");
  }
  return draft;
}

/** Exports hold objects and lists as JSON in a text. */
function unpacked(value: unknown, parse: (text: string) => unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return parse(value);
  } catch {
    return undefined;
  }
}
