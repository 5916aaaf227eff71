import type { Attributes } from "./otlp-attributes.ts";

/** What a span did, in the conventions' words: null where it is no call of a model or tool; undefined where it is one that does not say which. */
export type Operation = string | null | undefined;

/** Spans around calls: they may repeat the sums of their children. */
export const AROUND: ReadonlySet<unknown> = new Set([
  "invoke_agent",
  "invoke_workflow",
  "create_agent",
  "plan",
]);

const OPEN_INFERENCE: Readonly<Record<string, string>> = { LLM: "chat", EMBEDDING: "embeddings" };

/** The last part of `ai.operationId`; the other ids of the AI SDK are the parents of these. */
const AI_SDK: Readonly<Record<string, string>> = {
  doGenerate: "chat",
  doStream: "chat",
  doEmbed: "embeddings",
  toolCall: "execute_tool",
};

const REQUEST_TYPES: Readonly<Record<string, string>> = {
  chat: "chat",
  completion: "text_completion",
  embedding: "embeddings",
  rerank: "rerank",
};

/**
 * Which call a span stands for, by the conventions of its instrumentation: the AI SDK, the GenAI
 * conventions, OpenInference, and the older ones that name no operation.
 */
export function operationOf(attributes: Readonly<Attributes>): Operation {
  const sdk = attributes["ai.operationId"];
  if (typeof sdk === "string") return wordOf(AI_SDK, sdk.slice(sdk.lastIndexOf(".") + 1));
  const name = attributes["gen_ai.operation.name"];
  const hasModel = attributes["gen_ai.request.model"] !== undefined;
  if (typeof name === "string" && name !== "") {
    if (AROUND.has(name)) return null;
    return hasModel || name === "execute_tool" || KNOWN.has(name) ? name : null;
  }
  const kind = attributes["openinference.span.kind"];
  if (typeof kind === "string") return wordOf(OPEN_INFERENCE, kind);
  const type = attributes["llm.request.type"];
  if (typeof type === "string" && Object.hasOwn(REQUEST_TYPES, type)) return REQUEST_TYPES[type];
  return hasModel ? undefined : null;
}

/** Calls by their name alone; other names are calls where they ask for a model. */
const KNOWN: ReadonlySet<string> = new Set([
  "chat",
  "text_completion",
  "generate_content",
  "embeddings",
]);

function wordOf(words: Readonly<Record<string, string>>, word: string): string | null {
  return Object.hasOwn(words, word) ? words[word]! : null;
}
