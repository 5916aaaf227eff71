import { missing, wrongType } from "./field-problem.ts";
import { isObject } from "./format.ts";

/**
 * A native event in a CloudEvents 1.0 envelope (structured or batched): id, source and time of the
 * envelope win over those of `data`, its subject names the identity where `data` does not.
 */
export function isCloudEvent(payload: unknown): payload is Readonly<Record<string, unknown>> {
  return isObject(payload) && "specversion" in payload && "type" in payload;
}

/** Takes a native event out of its envelope; the checks of native events follow. Throws FieldProblem. */
export function openEnvelope(envelope: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (envelope["specversion"] !== "1.0") throw wrongType("specversion", "1.0");
  const kind = /\.(usage|audit)$/.exec(String(envelope["type"]))?.[1];
  if (kind === undefined) throw wrongType("type", "a type that ends in `.usage` or `.audit`");
  const data = envelope["data"];
  if (data === undefined) throw missing("data");
  if (!isObject(data)) throw wrongType("data", "an object");
  const { id, source, time, subject } = envelope;
  const event: Record<string, unknown> = { ...data, type: kind };
  if (id !== undefined) event["id"] = id;
  if (source !== undefined) event["source"] = source;
  if (time !== undefined) event["time"] = time;
  if (typeof subject === "string" && subject !== "") {
    const identity = isObject(data["identity"]) ? data["identity"] : {};
    event["identity"] = { ...identity, id: identity["id"] ?? subject };
  }
  return event;
}
