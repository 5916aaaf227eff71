import { newContentDigest, resultDigest } from "./content.ts";
import { nested, type FieldTable, type Mapping } from "./fields.ts";
import { isObject } from "./format.ts";
import { type Block, blockedBy, costOf, isHit, MAIN, type ModelView, sum } from "./kong-blocks.ts";
import { finishOutcome, parsedPayload, REQUEST, tagsWith, viewOf } from "./kong-request.ts";
import { createReader, type Draft, sectionOf } from "./read-fields.ts";
import { settleTokens } from "./tokens.ts";

const { text, millis, derived, find } = nested;

/** `ai.*` is the block of the plugin that talked to the model; usage and cost are summed over all blocks. */
export const MODEL_CALL: FieldTable = {
  ...REQUEST,
  "attribution.tags": tagsWith({ request_mode: "ai.*.meta.request_mode" }),
  "flow.span": text("request.id"),
  "model.provider": text("ai.*.meta.provider_name"),
  "model.requested": text("ai.*.meta.request_model"),
  "model.served": text("ai.*.meta.response_model"),
  "model.operation": derived(["request.uri"], operationOf),
  "usage.input_tokens": sum("usage.prompt_tokens", "usage.input_tokens", "usage.prompt_token"),
  "usage.output_tokens": sum(
    "usage.completion_tokens",
    "usage.output_tokens",
    "usage.completion_token",
  ),
  "usage.cached_input_tokens": sum("usage.prompt_tokens_details.cached_tokens"),
  "usage.reasoning_tokens": sum("usage.completion_tokens_details.reasoning_tokens"),
  "usage.retries": derived(["tries[] - 1"], retriesOf),
  "cost.amount": derived(["ai.*.usage.cost"], costOf),
  "outcome.latency_ms": millis(1, "ai.*.meta.llm_latency", "latencies.proxy", "latencies.request"),
  "outcome.ttft_ms": millis(1, "ai.*.usage.time_to_first_token"),
  "content.prompt_digest": derived(["ai.*.payload.request", "ai.payload.request"], askedDigest),
  "content.result_digest": derived(["ai.*.payload.response"], (record, { digest }) =>
    resultDigest(parsedPayload(RESPONSE(record)), digest),
  ),
};

const RESPONSE = find("ai.*.payload.response");
const REQUESTS = [find("ai.*.payload.request"), find("ai.payload.request")];
const PROVIDER = find("ai.*.meta.provider_name");
const TOTAL = find("ai.*.usage.total_tokens");
const URI = find("request.uri");
const TRIES = find("tries");

const read = createReader(MODEL_CALL);

/** Maps an entry with at least one block. Throws FieldProblem. */
export function mapModelCall(
  record: object,
  ai: Readonly<Record<string, unknown>>,
  blocks: readonly Block[],
  mapping: Mapping,
): Draft {
  const view = viewOf(record, {
    blocks,
    ai: { payload: ai["payload"], [MAIN]: blocks[0]!.block },
  } satisfies ModelView);
  const draft = read(view, mapping);
  const outcome = sectionOf(draft, "outcome");
  Object.assign(outcome, isHit(blocks) ? { status: "cache_hit" } : blockedBy(blocks));
  if (outcome["status"] === "cache_hit") draft["cost"] = { amount: "0" };
  settle(draft, view, blocks.length, mapping);
  finishOutcome(draft, record);
  return draft;
}

/** Some versions hand on the numbers of these as they come, without the cached tokens, and drop those. */
const UNSURE: ReadonlySet<unknown> = new Set(["anthropic", "bedrock", "cohere"]);

function settle(draft: Draft, view: object, blocks: number, mapping: Mapping): void {
  const isUnsure = UNSURE.has(PROVIDER(view));
  const total = blocks === 1 ? TOTAL(view) : undefined;
  settleTokens(
    draft,
    isUnsure ? "auto" : "inclusive",
    mapping,
    typeof total === "number" ? total : undefined,
  );
  const usage = (draft["usage"] ?? {}) as Record<string, unknown>;
  if (usage["input_tokens"] === undefined) mapping.quality.push("tok.missing");
  else if (isUnsure && usage["cached_input_tokens"] === undefined)
    mapping.quality.push("tok.cache_unknown");
}

function retriesOf(record: object): number | undefined {
  const tries = TRIES(record);
  return Array.isArray(tries) && tries.length > 0 ? tries.length - 1 : undefined;
}

function askedDigest(record: object, { digest }: Mapping): string | undefined {
  const payload = REQUESTS.map((at) => parsedPayload(at(record))).find(isObject);
  return newContentDigest(
    payload?.["messages"] ?? payload?.["prompt"] ?? payload?.["input"],
    digest,
  );
}

const OPERATIONS: readonly (readonly [RegExp, string])[] = [
  [/\/embeddings?$/, "embeddings"],
  [/\/images?\//, "image_generation"],
  [/\/transcriptions$/, "transcription"],
  [/\/speech$/, "speech"],
  [/\/rerank$/, "rerank"],
  [/:(stream)?generateContent$/i, "generate_content"],
  [/\/(chat(\/completions)?|responses|messages|converse(-stream)?)$/, "chat"],
  [/\/completions$/, "text_completion"],
];

/** By the end of the path; undefined where the route has a name of its own. */
function operationOf(record: object): string | undefined {
  const [path = ""] = String(URI(record)).split("?", 1);
  return OPERATIONS.find(([pattern]) => pattern.test(path))?.[1];
}
