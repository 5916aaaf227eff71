import { asOneRecord, type Format, isObject } from "./format.ts";
import type { Mapping } from "./fields.ts";
import { A2A, mapA2a, mapMcp, MCP } from "./kong-calls.ts";
import { blocksOf } from "./kong-blocks.ts";
import { mapModelCall, MODEL_CALL } from "./kong-model-call.ts";
import { finishOutcome, REQUEST } from "./kong-request.ts";
import { createReader, type Draft } from "./read-fields.ts";

const readRequest = createReader(REQUEST);

export const kong: Format = {
  name: "kong",
  title: "Kong AI Gateway http-log",
  routes: ["POST /v1/ingest/kong"],
  tokens: "auto",
  lineage: "session",
  cannot: [],
  sometimes: [
    "lineage.session_only",
    "tok.cache_unknown",
    "tok.semantics_inferred",
    "tok.total_mismatch",
    "tok.missing",
  ],
  follows:
    "Fan-out is judged by session. Some versions drop the cached tokens of Anthropic and Bedrock: their volume is a lower bound. A caller that the gateway does not know is unattributed usage.",
  tables: { "model call": MODEL_CALL, mcp: MCP, a2a: A2A },
  isLike: (payload) =>
    isObject(payload) &&
    "started_at" in payload &&
    "latencies" in payload &&
    isObject(payload["request"]),
  unpack: asOneRecord,
  map(record, mapping) {
    const drafts = draftsOf(record, mapping);
    if (drafts.some(isWithoutParent)) mapping.quality.push("lineage.session_only");
    return drafts;
  },
};

function isWithoutParent({ flow }: Draft): boolean {
  return (flow as { parent_span?: string } | undefined)?.parent_span === undefined;
}

function draftsOf(record: object, mapping: Mapping): Draft[] {
  const { ai } = record as { ai?: unknown };
  if (!isObject(ai)) return mapRefused(record, mapping);
  const drafts: Draft[] = [];
  if (isObject(ai["mcp"])) drafts.push(...mapMcp(record, ai["mcp"], mapping));
  if (isObject(ai["a2a"])) drafts.push(...mapA2a(record, ai["a2a"], mapping));
  const blocks = blocksOf(ai);
  if (blocks.length > 0) drafts.push(mapModelCall(record, ai, blocks, mapping));
  return drafts;
}

/** A call that the gateway turned away before any AI plugin saw it; other traffic is passed over. */
function mapRefused(record: object, mapping: Mapping): Draft[] {
  const draft = readRequest(record, mapping);
  finishOutcome(draft, record);
  return (draft["outcome"] as { status?: string }).status === "ok" ? [] : [draft];
}
