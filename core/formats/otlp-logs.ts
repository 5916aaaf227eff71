import { isNothing, toCount, toText, toUsd } from "./convert.ts";
import { type FieldTable, flat, type Mapping } from "./fields.ts";
import type { Attributes } from "./otlp-attributes.ts";
import { logOutcome } from "./otlp-log-outcome.ts";
import { RESOURCE_FIELDS } from "./otlp-resource.ts";
import { millisOfNanos, nanosTime } from "./otlp-time.ts";
import { createReader, type Draft, sectionOf } from "./read-fields.ts";
import { settleTokens } from "./tokens.ts";

const { text, count, usd, millis, derived, find } = flat;

const duration = millis(1, "duration_ms");
const cost = usd("cost_usd");
const attempt = count("attempt");

/** What every event of the agent tells. */
const COMMON: FieldTable = {
  id: derived(["session.id + event.sequence + timeUnixNano"], (record) => {
    const [session, sequence] = [find("session.id")(record), find("event.sequence")(record)];
    if (isNothing(session) || isNothing(sequence)) return undefined;
    const at = millisOfNanos(find("timeUnixNano")(record), "timeUnixNano");
    const names = [toText(session, "session.id"), toText(sequence, "event.sequence")];
    return [...names, at ?? ""].join(":");
  }),
  time: nanosTime(["timeUnixNano", "observedTimeUnixNano"], duration),
  tenant: text("organization.id"),
  "identity.id": text("user.account_uuid", "user.id"),
  "identity.type": flat.always("user"),
  "identity.owner": text("user.email"),
  ...RESOURCE_FIELDS,
  "flow.trace": text("traceId"),
  "flow.session": text("session.id"),
  "flow.workflow": text("prompt.id"),
  "flow.agent": text("query_source"),
};

/** An event of the log of Claude Code that is a call: `api_request`, and those that tell of failures and tools. */
export const AGENT_LOG: FieldTable = {
  ...COMMON,
  "flow.provider_request_id": text("request_id"),
  "model.provider": derived(["gen_ai.provider.name, else `anthropic`"], (record) => {
    if (isNothing(find("model")(record))) return undefined;
    return find("gen_ai.provider.name")(record) ?? "anthropic";
  }),
  "model.requested": text("model"),
  "model.served": text("model"),
  "usage.input_tokens": count("input_tokens"),
  "usage.output_tokens": count("output_tokens"),
  "usage.cached_input_tokens": count("cache_read_tokens"),
  "usage.cache_write_tokens": count("cache_creation_tokens"),
  "usage.retries": derived(["attempt - 1"], (record, mapping) => {
    const attempts = attempt.read(record, mapping);
    return attempts === undefined ? undefined : Math.max(0, Number(attempts) - 1);
  }),
  "cost.amount": derived(["cost_usd", "cost_usd_micros / 1e6"], (record, mapping) => {
    const micros = find("cost_usd_micros")(record);
    const told = cost.read(record, mapping);
    if (told !== undefined || isNothing(micros)) return told;
    return toUsd(toCount(micros, "cost_usd_micros") / 1e6, "cost_usd_micros");
  }),
  "outcome.latency_ms": duration,
};

const readCall = createReader(AGENT_LOG);
const readCommon = createReader({
  ...COMMON,
  time: nanosTime(["timeUnixNano", "observedTimeUnixNano"]),
});

const PREFIX = "claude_code.";

/**
 * The name of the agent's event without its prefix: from the record's event name, its body or the
 * attribute. The attribute alone counts where the service is the agent. Empty for other logs.
 */
function eventName(log: Attributes): string {
  const names = [log["eventName"], log["body"], log["event.name"]];
  const full = names.find((name) => typeof name === "string" && name.startsWith(PREFIX));
  if (typeof full === "string") return full.slice(PREFIX.length);
  const bare = log["event.name"];
  return typeof bare === "string" && log["service.name"] === "claude-code" ? bare : "";
}

/** The event of a log record; none where it is no event of a coding agent that is understood. Throws FieldProblem. */
export function mapLog(log: Attributes, mapping: Mapping): readonly Draft[] {
  const name = eventName(log);
  switch (name) {
    case "api_request":
    case "api_error":
    case "api_refusal":
      return [mapCall(name, log, mapping)];
    case "tool_result":
      return [mapTool(log, mapping)];
    case "tool_decision":
      // An accepted call is told by its result.
      return log["decision"] === "reject" ? [mapTool(log, mapping)] : [];
    case "permission_mode_changed":
    case "auth":
    case "mcp_server_connection":
    case "plugin_installed":
      return [mapAudit(name, log, mapping)];
    default:
      return [];
  }
}

function mapCall(name: string, log: Attributes, mapping: Mapping): Draft {
  const draft = readCall(log, mapping);
  sectionOf(draft, "model")["operation"] = "chat";
  settleTokens(draft, "exclusive", mapping);
  if (draft["cost"]) {
    sectionOf(draft, "cost")["basis"] = "estimated";
    mapping.quality.push("cost.estimated");
  }
  return finish(draft, log, name, mapping);
}

/** Calls of tools use no tokens of their own. */
function mapTool(log: Attributes, mapping: Mapping): Draft {
  const draft = readCall(log, mapping);
  draft["model"] = { operation: "execute_tool" };
  draft["usage"] = { input_tokens: 0, output_tokens: 0, tool_calls: 1 };
  delete draft["cost"];
  return finish(draft, log, "tool", mapping);
}

function finish(draft: Draft, log: Attributes, name: string, mapping: Mapping): Draft {
  Object.assign(sectionOf(draft, "outcome"), logOutcome(name, log));
  mapping.quality.push("net.missing", "lineage.session_only");
  return draft;
}

/** What the agent's user did to the agent itself. */
function mapAudit(name: string, log: Attributes, mapping: Mapping): Draft {
  const draft = readCommon(log, mapping);
  draft.type = "audit";
  draft["audit"] = {
    action: ACTIONS[name] ?? `${name}.${word(log["action"] ?? log["status"])}`,
    ...target(log["to_mode"] ?? log["server_name"] ?? log["plugin.name"]),
    outcome: isFalse(log["success"]) || log["status"] === "failed" ? "failure" : "success",
  };
  mapping.quality.push("net.missing", "lineage.session_only");
  return draft;
}

const ACTIONS: Readonly<Record<string, string>> = {
  permission_mode_changed: "permission.changed",
  plugin_installed: "plugin.installed",
};

function target(value: unknown): { target?: string } {
  return isNothing(value) ? {} : { target: word(value) };
}

function word(value: unknown): string {
  return typeof value === "string" && value !== "" ? value : "unknown";
}

function isFalse(value: unknown): boolean {
  return value === false || value === "false";
}
