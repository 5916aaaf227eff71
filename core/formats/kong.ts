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
    const drafts = [...draftsOf(record, mapping)];
    if (
      drafts.some(
        ({ flow }) => (flow as { parent_span?: string } | undefined)?.parent_span === undefined,
      )
    ) {
      mapping.quality.push("lineage.session_only");
    }
    return drafts;
  },
};

function* draftsOf(record: object, mapping: Mapping): Generator<Draft> {
  const { ai } = record as { ai?: unknown };
  const { mcp, a2a } = isObject(ai) ? ai : {};
  if (isObject(mcp)) yield* mapMcp(record, mcp, mapping);
  if (isObject(a2a)) yield* mapA2a(record, a2a, mapping);
  if (blocksOf(record).length > 0) yield mapModelCall(record, mapping);
  else if (!isObject(ai)) yield* mapRefused(record, mapping);
}

/** A call that the gateway turned away before any AI plugin saw it; other traffic is passed over. */
function* mapRefused(record: object, mapping: Mapping): Generator<Draft> {
  const draft = readRequest(record, mapping);
  finishOutcome(draft, record);
  if ((draft["outcome"] as { status?: string }).status !== "ok") yield draft;
}
