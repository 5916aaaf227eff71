import { readFileSync } from "node:fs";
import type { Call } from "#test/formats/calls.ts";
import { bedrockInvocation } from "#test/formats/write-bedrock.ts";
import { cloudtrailAudit, cloudtrailModelCall } from "#test/formats/write-cloudtrail.ts";
import { kongA2a, kongMcp, kongModelCall } from "#test/formats/write-kong.ts";
import { litellmCallback, litellmSpendLog } from "#test/formats/write-litellm.ts";
import { attributes, codingAgentLog, otlpSpan } from "#test/formats/write-otlp.ts";
import type { Writer } from "#test/formats/writers.ts";

/** Payloads of the size and shape that a sender posts: what the tests write, over what comes along with it. */
export interface Sender {
  writer: Writer;
  /** Calls that it tells in one payload. */
  batch: number;
  write(calls: readonly Call[]): object;
}

type Json = Record<string, unknown>;

const read = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as Json;

/** `litellm-callback.json` is one that the SDK sent, the others hold what the vendors document. */
const LITELLM = read("litellm-callback");
const SPEND_LOG = read("litellm-spend-log") as { row: Json; metadata: Json };
const KONG = read("kong");
const BEDROCK = read("bedrock-invocation");
const CLOUDTRAIL = read("cloudtrail");
const OTLP = read("otlp") as Record<
  "resource" | "span" | "attributes" | "log" | "logAttributes",
  Json
>;

export const SENDERS: readonly Sender[] = [
  padded(litellmCallback, LITELLM),
  one(litellmSpendLog, (written) => {
    const metadata = JSON.parse(written["metadata"] as string) as Json;
    return {
      ...SPEND_LOG.row,
      ...written,
      metadata: JSON.stringify(over(SPEND_LOG.metadata, metadata)),
    };
  }),
  exported(otlpSpan, ["resourceSpans", "scopeSpans", "spans"], OTLP.span, OTLP.attributes),
  exported(
    codingAgentLog,
    ["resourceLogs", "scopeLogs", "logRecords"],
    OTLP.log,
    OTLP.logAttributes,
  ),
  padded(kongModelCall, KONG),
  padded(kongMcp, KONG),
  padded(kongA2a, KONG),
  padded(bedrockInvocation, BEDROCK),
  padded(cloudtrailModelCall, CLOUDTRAIL),
  padded(cloudtrailAudit, CLOUDTRAIL),
];

/** One call a payload, changed after it was written. */
function one(writer: Writer, change: (written: Json) => object): Sender {
  return { writer, batch: 1, write: ([call]) => change(writer.write(call!) as Json) };
}

function padded(writer: Writer, padding: Json): Sender {
  return one(writer, (written) => over(padding, written));
}

/** The names of the three levels of an export. */
type Levels = readonly [groups: string, scopes: string, items: string];

/** A batch as an exporter posts it: the spans or log records of fifty calls under one resource. */
function exported(
  writer: Writer,
  [groups, scopes, items]: Levels,
  more: Json,
  names: Json,
): Sender {
  const open = (payload: object) => {
    const [group] = (payload as Record<string, [Json]>)[groups]!;
    const [scope] = (group as Record<string, [Json]>)[scopes]!;
    return { group, scope, item: (scope as Record<string, [Json]>)[items]![0] };
  };
  return {
    writer,
    batch: 50,
    write(calls) {
      const written = calls.map((call) => open(writer.write(call)));
      const { group, scope } = written[0]!;
      const resource = withAttributes(group["resource"] as Json, OTLP.resource);
      const list = written.map(({ item }) => ({ ...more, ...withAttributes(item, names) }));
      return { [groups]: [{ resource, [scopes]: [{ ...scope, [items]: list }] }] };
    },
  };
}

function withAttributes(holder: Json, names: Json): Json {
  return { ...holder, attributes: [...(holder["attributes"] as object[]), ...attributes(names)] };
}

/** What is written, and of the padding what it leaves out. */
function over(padding: Json, written: Json): Json {
  const merged = { ...padding };
  for (const [key, value] of Object.entries(written)) {
    const below = merged[key];
    merged[key] = isJson(below) && isJson(value) ? over(below, value) : value;
  }
  return merged;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
