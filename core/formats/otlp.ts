import { FieldProblem } from "./field-problem.ts";
import { type Format, type FormatRecord, isObject } from "./format.ts";
import { type Attributes, plainAttributes } from "./otlp-attributes.ts";
import { entriesOf, type Levels, LOG_RECORDS, SPANS } from "./otlp-entries.ts";
import { hexId } from "./otlp-id.ts";
import { readLineage } from "./otlp-lineage.ts";
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
  isLike: (payload) =>
    isObject(payload) &&
    ["resourceSpans", "resourceLogs", "resourceMetrics"].some((name) =>
      Array.isArray(payload[name]),
    ),
  *unpack(payload) {
    if (!isObject(payload)) return yield { path: "", record: payload };
    const callAbove = readLineage(payload);
    yield* recordsOf(payload, SPANS, (span, resource) => {
      const record = plainAttributes(span["attributes"], "attributes", resource);
      const trace = hexId(span["traceId"], 16, "traceId");
      const parent = hexId(span["parentSpanId"], 8, "parentSpanId");
      return Object.assign(record, {
        [SIGNAL]: "span",
        traceId: trace,
        spanId: hexId(span["spanId"], 8, "spanId"),
        parentSpanId: parent && trace ? callAbove(trace, parent) : parent,
        startTimeUnixNano: span["startTimeUnixNano"],
        endTimeUnixNano: span["endTimeUnixNano"],
        "status.code": isObject(span["status"]) ? span["status"]["code"] : undefined,
      });
    });
    yield* recordsOf(payload, LOG_RECORDS, (log, resource) => {
      const body = isObject(log["body"]) ? log["body"]["stringValue"] : undefined;
      return Object.assign(plainAttributes(log["attributes"], "attributes", resource), {
        [SIGNAL]: "log",
        traceId: hexId(log["traceId"], 16, "traceId"),
        timeUnixNano: log["timeUnixNano"],
        observedTimeUnixNano: log["observedTimeUnixNano"],
        eventName: log["eventName"],
        body,
      });
    });
  },
  map(record, mapping) {
    const attributes = record as Attributes;
    return attributes[SIGNAL] === "span"
      ? mapSpan(attributes, mapping)
      : mapLog(attributes, mapping);
  },
};

const SIGNAL = "otlp.signal";

/** Every span or log record of a payload as one plain record; one that cannot be read is a problem. */
function* recordsOf(
  payload: unknown,
  levels: Levels,
  toRecord: (item: Readonly<Record<string, unknown>>, resource: Attributes | null) => object,
): Generator<FormatRecord> {
  let known: { resource: unknown; attributes: Attributes | FieldProblem } | undefined;
  for (const entry of entriesOf(payload, levels)) {
    const { path, item } = entry;
    if ("problem" in entry) yield { path, record: null, problem: entry.problem };
    else if (!isObject(item)) yield { path, record: item };
    else {
      known =
        known && known.resource === entry.resource
          ? known
          : {
              resource: entry.resource,
              attributes: attempt(() => resourceAttributes(entry.resource)),
            };
      const { attributes } = known;
      const record =
        attributes instanceof FieldProblem ? attributes : attempt(() => toRecord(item, attributes));
      // Where the attributes cannot be read, nothing tells which of them hold what was said.
      if (record instanceof FieldProblem)
        yield { path, record: { name: item["name"] }, problem: record };
      else yield { path, record };
    }
  }
}

function attempt<T>(read: () => T): T | FieldProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldProblem) return error;
    throw error;
  }
}
