import { isObject } from "./format.ts";
import { type Attributes } from "./otlp-attributes.ts";
import { entriesOf, SPANS } from "./otlp-entries.ts";
import { hexId } from "./otlp-id.ts";
import { DECIDING, operationOf } from "./otlp-operation.ts";

/** What is known of a span of the payload that others may have as a parent. */
interface Above {
  isCall: boolean;
  parent: string | undefined;
}

/**
 * Answers which call a span belongs under: the nearest of its ancestors in this payload that is a call
 * itself, since the spans between them become no events; else the parent it names.
 */
export type CallAbove = (trace: string, parent: string) => string;

/** Reads the tree of a payload, whose spans come in any order. */
export function readLineage(payload: unknown): CallAbove {
  const spans = new Map<string, Above>();
  for (const entry of entriesOf(payload, SPANS)) {
    const { item } = entry;
    if (!isObject(item)) continue;
    const [trace, id] = [tryId(item["traceId"], 16), tryId(item["spanId"], 8)];
    if (trace === undefined || id === undefined) continue;
    const isCall = operationOf(deciding(item["attributes"])) !== null;
    spans.set(trace + id, { isCall, parent: tryId(item["parentSpanId"], 8) });
  }
  return (trace, parent) => {
    let id: string | undefined = parent;
    // A tree has no path longer than its spans; what is longer is a ring.
    for (let steps = 0; id !== undefined && steps < spans.size; steps++) {
      const above = spans.get(trace + id);
      if (!above) break;
      if (above.isCall) return id;
      id = above.parent;
    }
    return parent;
  };
}

/** An id that cannot be read is named where its own span is mapped. */
function tryId(id: unknown, bytes: 8 | 16): string | undefined {
  try {
    return hexId(id, bytes, "");
  } catch {
    return undefined;
  }
}

/** Only the texts that decide what a span is: a payload holds many that are no calls. */
function deciding(list: unknown): Attributes {
  const found = Object.create(null) as Attributes;
  if (!Array.isArray(list)) return found;
  for (const item of list as unknown[]) {
    if (!isObject(item) || !DECIDING.has(item["key"] as string)) continue;
    const value = item["value"];
    if (isObject(value)) found[item["key"] as string] = value["stringValue"];
  }
  return found;
}
