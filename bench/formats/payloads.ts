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
  name: string;
  format: string;
  /** Calls that it tells in one payload. */
  batch: number;
  write(calls: readonly Call[]): object;
  /** JSON.parse, and what else of the payload is JSON. */
  parse(text: string): unknown;
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

const SPANS: Levels = ["resourceSpans", "scopeSpans", "spans"];
const LOGS: Levels = ["resourceLogs", "scopeLogs", "logRecords"];

const spendLog = one(litellmSpendLog, (written) => {
  const metadata = {
    ...SPEND_LOG.metadata,
    model_map_information: LITELLM["model_map_information"],
    ...(JSON.parse(written["metadata"] as string) as Json),
  };
  return { ...SPEND_LOG.row, ...written, metadata: JSON.stringify(metadata) };
});

export const SENDERS: readonly Sender[] = [
  padded(litellmCallback, LITELLM),
  spendLog,
  { ...named("litellm, spend log and its texts", spendLog), parse: parseWithTexts },
  exported(
    "otlp, span",
    SPANS,
    (call) => withoutTexts(otlpSpan.write(call)),
    OTLP.span,
    OTLP.attributes,
  ),
  exported("otlp, span with texts", SPANS, otlpSpan.write, OTLP.span, OTLP.attributes),
  exported("otlp, coding agent log", LOGS, codingAgentLog.write, OTLP.log, OTLP.logAttributes),
  withoutPayloads(padded(kongModelCall, KONG)),
  named("kong, model call with texts", padded(kongModelCall, KONG)),
  withoutPayloads(padded(kongMcp, KONG)),
  named("kong, mcp with texts", padded(kongMcp, KONG)),
  padded(kongA2a, KONG),
  padded(bedrockInvocation, BEDROCK),
  padded(cloudtrailModelCall, CLOUDTRAIL),
  padded(cloudtrailAudit, CLOUDTRAIL),
];

/** A row holds JSON in texts, which only who knows the format parses. */
function parseWithTexts(text: string): unknown {
  const row = JSON.parse(text) as { metadata: string; request_tags: string };
  JSON.parse(row.metadata);
  JSON.parse(row.request_tags);
  return row;
}

function named(name: string, sender: Sender): Sender {
  return { ...sender, name };
}

/** The gateway logs no payloads unless it is told to. */
function withoutPayloads(sender: Sender): Sender {
  return {
    ...sender,
    write: (calls) => without(sender.write(calls), (key) => key === "payload"),
  };
}

/** One call a payload, changed after it was written. */
function one(writer: Writer, change: (written: Json) => object): Sender {
  return {
    name: `${writer.format}, ${writer.table}`,
    format: writer.format,
    batch: 1,
    write: ([call]) => change(writer.write(call!) as Json),
    parse: JSON.parse,
  };
}

function padded(writer: Writer, padding: Json): Sender {
  return one(writer, (written) => over(padding, written));
}

/** The names of the three levels of an export. */
type Levels = readonly [groups: string, scopes: string, items: string];

/** A batch as an exporter posts it: the spans or log records of fifty calls under one resource. */
function exported(
  name: string,
  [groups, scopes, items]: Levels,
  write: Writer["write"],
  more: Json,
  attributesMore: Json,
): Sender {
  return {
    name,
    format: "otlp",
    batch: 50,
    write(calls) {
      const groupOf = (call: Call) => (write(call) as Record<string, [Json]>)[groups]![0];
      const scopeOf = (group: Json) => (group as Record<string, [Json]>)[scopes]![0];
      const group = groupOf(calls[0]!);
      const list = calls.map((call) => {
        const [item] = (scopeOf(groupOf(call)) as Record<string, [Json]>)[items]!;
        return { ...more, ...withAttributes(item, attributesMore) };
      });
      const resource = withAttributes(group["resource"] as Json, OTLP.resource);
      return { [groups]: [{ resource, [scopes]: [{ ...scopeOf(group), [items]: list }] }] };
    },
    parse: JSON.parse,
  };
}

/** Instrumentations leave out what was said unless they are told otherwise. */
function withoutTexts(payload: object): object {
  return without(payload, (_, value) => isJson(value) && TEXTS.has(value["key"]));
}

const TEXTS: ReadonlySet<unknown> = new Set(["gen_ai.input.messages", "gen_ai.output.messages"]);

/** A copy without some of what it holds, in objects or in lists. */
function without(payload: object, isLeftOut: (key: string, value: unknown) => boolean): object {
  return JSON.parse(JSON.stringify(payload), (key, value: unknown) =>
    isLeftOut(key, value)
      ? undefined
      : Array.isArray(value)
        ? value.filter((item) => item !== undefined)
        : value,
  ) as object;
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
