import { Root } from "protobufjs/light.js";
import { messageOf, MeterhoundError } from "#core/errors.ts";

/** What an exporter sends: spans or log records. */
export type Signal = "traces" | "logs";

const field = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: "repeated" });

/** The messages of opentelemetry-proto 1.x, as far as they are read or answered; other fields are skipped. */
const root = Root.fromJSON({
  nested: {
    TracesRequest: { fields: { resourceSpans: many(1, "ResourceSpans") } },
    ResourceSpans: {
      fields: { resource: field(1, "Resource"), scopeSpans: many(2, "ScopeSpans") },
    },
    ScopeSpans: { fields: { spans: many(2, "Span") } },
    Span: {
      fields: {
        traceId: field(1, "bytes"),
        spanId: field(2, "bytes"),
        parentSpanId: field(4, "bytes"),
        name: field(5, "string"),
        startTimeUnixNano: field(7, "fixed64"),
        endTimeUnixNano: field(8, "fixed64"),
        attributes: many(9, "KeyValue"),
        status: field(15, "SpanStatus"),
      },
    },
    SpanStatus: { fields: { code: field(3, "int32") } },
    LogsRequest: { fields: { resourceLogs: many(1, "ResourceLogs") } },
    ResourceLogs: { fields: { resource: field(1, "Resource"), scopeLogs: many(2, "ScopeLogs") } },
    ScopeLogs: { fields: { logRecords: many(2, "LogRecord") } },
    LogRecord: {
      fields: {
        timeUnixNano: field(1, "fixed64"),
        body: field(5, "AnyValue"),
        attributes: many(6, "KeyValue"),
        traceId: field(9, "bytes"),
        spanId: field(10, "bytes"),
        observedTimeUnixNano: field(11, "fixed64"),
        eventName: field(12, "string"),
      },
    },
    Resource: { fields: { attributes: many(1, "KeyValue") } },
    KeyValue: { fields: { key: field(1, "string"), value: field(2, "AnyValue") } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            "stringValue",
            "boolValue",
            "intValue",
            "doubleValue",
            "arrayValue",
            "kvlistValue",
            "bytesValue",
          ],
        },
      },
      fields: {
        stringValue: field(1, "string"),
        boolValue: field(2, "bool"),
        intValue: field(3, "int64"),
        doubleValue: field(4, "double"),
        arrayValue: field(5, "ArrayValue"),
        kvlistValue: field(6, "KeyValueList"),
        bytesValue: field(7, "bytes"),
      },
    },
    ArrayValue: { fields: { values: many(1, "AnyValue") } },
    KeyValueList: { fields: { values: many(1, "KeyValue") } },
    TracesResponse: { fields: { partialSuccess: field(1, "RejectedSpans") } },
    RejectedSpans: {
      fields: { rejectedSpans: field(1, "int64"), errorMessage: field(2, "string") },
    },
    LogsResponse: { fields: { partialSuccess: field(1, "RejectedLogRecords") } },
    RejectedLogRecords: {
      fields: { rejectedLogRecords: field(1, "int64"), errorMessage: field(2, "string") },
    },
    /** google.rpc.Status, which OTLP answers failures with. */
    Status: { fields: { code: field(1, "int32"), message: field(2, "string") } },
  },
});

const REQUESTS = {
  traces: root.lookupType("TracesRequest"),
  logs: root.lookupType("LogsRequest"),
};
const ANSWERS = {
  traces: root.lookupType("TracesResponse"),
  logs: root.lookupType("LogsResponse"),
  failure: root.lookupType("Status"),
};

/**
 * An export in the shape its JSON form has: ids in base64, numbers of 64 bits as texts. Throws
 * MH_API_BAD_REQUEST where the bytes are no such message, or one nested deeper than 100 levels.
 */
export function decodeRequest(signal: Signal, body: Uint8Array): unknown {
  const type = REQUESTS[signal];
  try {
    return type.toObject(type.decode(body), { longs: String, bytes: String });
  } catch (error) {
    const problem = `the body is no OTLP ${signal} message: ${messageOf(error)}`;
    throw new MeterhoundError("MH_API_BAD_REQUEST", { problem }, { cause: error });
  }
}

/** The bytes of an answer, given in the shape of its JSON form. */
export function encodeAnswer(kind: keyof typeof ANSWERS, answer: object): Buffer {
  const type = ANSWERS[kind];
  return Buffer.from(type.encode(type.fromObject(answer)).finish());
}
