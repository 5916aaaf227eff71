import { type FormatRecord, isObject } from "./format.ts";
import { operationOf } from "./otlp-operation.ts";

/** What is known of a span of the payload that others may have as a parent. */
interface Above {
  isCall: boolean;
  parent: string | undefined;
}

/** Ids in hex, of a span as the mapper sees it. */
interface Ids {
  traceId?: string | undefined;
  spanId?: string | undefined;
  parentSpanId?: string | undefined;
}

/**
 * Puts every span of a payload under the nearest of its ancestors there that is a call itself, since the
 * spans between them become no events; else it keeps the parent it names. Spans come in any order.
 */
export function connectCalls(records: readonly FormatRecord[]): void {
  const spans = new Map<string, Above>();
  for (const { record, problem } of records) {
    if (problem || !isObject(record)) continue;
    const { traceId: trace, spanId: id, parentSpanId: parent } = record as Ids;
    if (trace !== undefined && id !== undefined) {
      spans.set(trace + id, { isCall: operationOf(record) !== null, parent });
    }
  }
  for (const { record, problem } of records) {
    if (problem || !isObject(record)) continue;
    const { traceId: trace, parentSpanId: parent } = record as Ids;
    if (trace !== undefined && parent !== undefined) {
      (record as Ids).parentSpanId = callAbove(spans, trace, parent) ?? parent;
    }
  }
}

function callAbove(
  spans: ReadonlyMap<string, Above>,
  trace: string,
  parent: string,
): string | undefined {
  let id: string | undefined = parent;
  // A tree has no path longer than its spans; what is longer is a ring.
  for (let steps = 0; id !== undefined && steps < spans.size; steps++) {
    const above = spans.get(trace + id);
    if (!above || above.isCall) return above && id;
    id = above.parent;
  }
  return undefined;
}
