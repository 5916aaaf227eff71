import { isNothing } from "./convert.ts";
import { type Field, nested, type FieldTable } from "./fields.ts";
import { isObject } from "./format.ts";
import { classOfHttp, statusOfHttp } from "./outcome.ts";
import { type Draft, sectionOf } from "./read-fields.ts";

const { text, count, time, derived, find } = nested;

/** What every log entry of the gateway tells of the request, whatever was asked for. */
export const REQUEST: FieldTable = {
  id: text("request.id", "correlation_id"),
  time: time("started_at"),
  tenant: text("workspace_name", "workspace"),
  "identity.id": text(
    "consumer.username",
    "consumer.custom_id",
    "consumer.id",
    "authenticated_entity.consumer_username",
  ),
  "identity.credential": text("authenticated_entity.id"),
  "identity.owner": text("consumer.custom_id"),
  "attribution.service": text("service.name"),
  "flow.trace": derived(["trace_id.w3c", "trace_id"], traceOf),
  "flow.parent_span": header("x-mh-parent"),
  "flow.workflow": header("x-mh-workflow"),
  "flow.agent": header("x-mh-agent"),
  "flow.request_id": text("request.id", "correlation_id"),
  "outcome.http_status": count("response.status", "upstream_status"),
  "network.ip": text("client_ip"),
  "network.user_agent": header("user-agent"),
};

/** The gateway may be told to log headers as `REDACTED`. */
function header(name: string): Field {
  const at = find(`request.headers.${name}`);
  return derived([`request.headers.${name}`], (record) => {
    const value = at(record);
    return typeof value === "string" && value !== "REDACTED" && value !== "" ? value : undefined;
  });
}

/** A trace id is logged in every header format that the gateway saw. */
function traceOf(record: object): string | undefined {
  const { trace_id: ids } = record as { trace_id?: unknown };
  const id = isObject(ids) ? (ids["w3c"] ?? Object.values(ids)[0]) : ids;
  return typeof id === "string" && id !== "" ? id : undefined;
}

const source = find("source");
const route = find("route.name");
const routeTags = find("route.tags");

/** The status by HTTP, who refused, and what callers are known by. */
export function finishRequest(draft: Draft, record: object): void {
  const outcome = sectionOf(draft, "outcome");
  const { http_status: status = 200 } = outcome as { http_status?: number };
  outcome["status"] ??= statusOfHttp(status);
  const reason = classOfHttp(status);
  if (reason !== undefined) outcome["error_class"] ??= reason;
  if (status >= 400 && source(record) === "exit") outcome["policy"] ??= "kong";
  const identity = draft["identity"] as Record<string, unknown> | undefined;
  if (identity?.["id"] !== undefined) identity["type"] = "service";
  const tags = tagsOf(record);
  const attribution = sectionOf(draft, "attribution");
  attribution["tags"] = { ...tags, ...(attribution["tags"] as object | undefined) };
}

function tagsOf(record: object): Record<string, string> {
  const [name, tags] = [route(record), routeTags(record)];
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  const marks = Object.fromEntries(texts.map((tag) => [tag, "true"]));
  return typeof name === "string" && !isNothing(name) ? { ...marks, route: name } : marks;
}

/** A payload is logged as a JSON text; undefined where there is none. */
export function parsedPayload(payload: unknown): unknown {
  if (typeof payload !== "string") return payload ?? undefined;
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
