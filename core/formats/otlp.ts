import { FieldProblem } from "./field-problem.ts";
import { type Format, type FormatRecord, isObject } from "./format.ts";
import { type Attributes, plainAttributes } from "./otlp-attributes.ts";
import { entriesOf, type Levels, LOG_RECORDS, SPANS } from "./otlp-entries.ts";
import { hexId } from "./otlp-id.ts";
import { connectCalls } from "./otlp-lineage.ts";
import { AGENT_LOG, mapLog } from "./otlp-logs.ts";
import { resourceAttributes } from "./otlp-resource.ts";
import { mapSpan, SPAN } from "./otlp-spans.ts";

export const otlp: Format = {
  name: "otlp",
  title: "OpenTelemetry traces and logs of coding agents (OTLP)",
  routes: ["POST /v1/traces", "POST /v1/logs", "POST /v1/ingest/otlp"],
  tokens: "auto",
  lineage: "edges",
  cannot: ["identity.credential_missing"],
  sometimes: [
    "sample.partial",
    "net.missing",
    "tok.missing",
    "tok.semantics_inferred",
    "tok.total_mismatch",
    "cost.estimated",
    "lineage.session_only",
  ],
  follows:
    "Spans of model and tool calls become events. Spans around them (agents, workflows, plans, and whatever is no GenAI) do not, since they may repeat what their children used: a call's parent is the nearest call above it in the same request, else the parent it names. Sampled spans make volumes lower bounds; theft shows by model and volume only. Of logs, those of Claude Code are read: its input count is without the cached tokens, its cost is an estimate, and its calls are grouped by session. Logs of other agents and metrics are accepted and not counted.",
  tables: { span: SPAN, "coding agent log": AGENT_LOG },
  isLike: (payload) => isObject(payload) && NAMES.some((name) => Array.isArray(payload[name])),
  unpack(payload) {
    if (!isObject(payload)) return [{ path: "", record: payload }];
    if (!isExport(payload)) {
      return [{ path: "", record: payload, problem: NO_EXPORT }];
    }
    const spans = recordsOf(payload, SPANS, toSpan);
    connectCalls(spans);
    return [...spans, ...recordsOf(payload, LOG_RECORDS, toLog)];
  },
  map(record, mapping) {
    const attributes = record as Attributes;
    return attributes[SIGNAL] === "span"
      ? mapSpan(attributes, mapping)
      : mapLog(attributes, mapping);
  },
};

const SIGNAL = "otlp.signal";

const NAMES = ["resourceSpans", "resourceLogs", "resourceMetrics"];

const NO_EXPORT = new FieldProblem(
  "MH_EVENT_MISSING_FIELD",
  "resourceSpans",
  "`resourceSpans`, `resourceLogs` or `resourceMetrics` is required",
);

/** An export may be empty; what holds only other things is none. */
function isExport(payload: Json): boolean {
  return NAMES.some((name) => name in payload) || Object.keys(payload).length === 0;
}

type Json = Readonly<Record<string, unknown>>;
type ToRecord = (item: Json, resource: Attributes) => Attributes;

function toSpan(span: Json, resource: Attributes): Attributes {
  const record = plainAttributes(span["attributes"], "attributes", resource);
  record[SIGNAL] = "span";
  record["traceId"] = hexId(span["traceId"], 16, "traceId");
  record["spanId"] = hexId(span["spanId"], 8, "spanId");
  record["parentSpanId"] = hexId(span["parentSpanId"], 8, "parentSpanId");
  record["startTimeUnixNano"] = span["startTimeUnixNano"];
  record["endTimeUnixNano"] = span["endTimeUnixNano"];
  record["status.code"] = isObject(span["status"]) ? span["status"]["code"] : undefined;
  return record;
}

function toLog(log: Json, resource: Attributes): Attributes {
  const record = plainAttributes(log["attributes"], "attributes", resource);
  record[SIGNAL] = "log";
  record["traceId"] = hexId(log["traceId"], 16, "traceId");
  record["timeUnixNano"] = log["timeUnixNano"];
  record["observedTimeUnixNano"] = log["observedTimeUnixNano"];
  record["eventName"] = log["eventName"];
  record["body"] = isObject(log["body"]) ? log["body"]["stringValue"] : undefined;
  return record;
}

/** Every span or log record of a payload as one plain record; one that cannot be read is a problem. */
function recordsOf(payload: unknown, levels: Levels, toRecord: ToRecord): FormatRecord[] {
  let known: { resource: unknown; attributes: Attributes | FieldProblem } | undefined;
  return entriesOf(payload, levels).map((entry) => {
    const { path, item } = entry;
    if ("problem" in entry) return { path, record: null, problem: entry.problem };
    if (!isObject(item)) return { path, record: item };
    const { resource } = entry;
    if (!known || known.resource !== resource) {
      known = { resource, attributes: attempt(() => resourceAttributes(resource)) };
    }
    const { attributes } = known;
    const record =
      attributes instanceof FieldProblem ? attributes : attempt(() => toRecord(item, attributes));
    // Where the attributes cannot be read, nothing tells which of them hold what was said.
    return record instanceof FieldProblem
      ? { path, record: { name: item["name"] }, problem: record }
      : { path, record };
  });
}

function attempt<T>(read: () => T): T | FieldProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldProblem) return error;
    throw error;
  }
}
