import type { Digest } from "../privacy.ts";
import { canonical, newContentDigest, toolCall } from "./content.ts";
import { isObject } from "./format.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * A streamed answer as the body it would have been: the usage of `message_start` with that of the last
 * `message_delta` over it, the text of all deltas, and the metrics and guardrail marks of any chunk.
 */
export function joinChunks(chunks: readonly unknown[]): Json {
  const body: Record<string, unknown> = {};
  const calls: { name: unknown; input: string }[] = [];
  let usage: Json = {};
  let text = "";
  for (const chunk of chunks) {
    if (!isObject(chunk)) continue;
    const { type, message, delta, content_block: block } = chunk;
    for (const [key, value] of Object.entries(chunk)) {
      if (key.startsWith("amazon-bedrock-")) body[key] = value;
    }
    const started = isObject(message) ? message["usage"] : undefined;
    const told = chunk["usage"] ?? started;
    if (isObject(told)) usage = { ...usage, ...told };
    if (type === "content_block_start" && isObject(block) && block["type"] === "tool_use") {
      calls.push({ name: block["name"], input: "" });
    }
    if (!isObject(delta)) continue;
    if (typeof delta["stop_reason"] === "string") body["stop_reason"] = delta["stop_reason"];
    if (typeof delta["text"] === "string") text += delta["text"];
    const call = calls.at(-1);
    if (call && typeof delta["partial_json"] === "string") call.input += delta["partial_json"];
  }
  body["usage"] = usage;
  body["content"] = [{ text }, ...calls.map((toolUse) => ({ toolUse }))];
  return body;
}

/** The digest of what was asked last, whichever of the two APIs it was asked by. */
export function askedDigest(body: unknown, digest: Digest): string | undefined {
  if (!isObject(body)) return undefined;
  const { messages, prompt, inputText } = body;
  if (!Array.isArray(messages)) return newContentDigest(prompt ?? inputText, digest);
  const last: unknown = messages.at(-1);
  return newContentDigest(
    isObject(last) ? [{ ...last, content: plain(last["content"]) }] : [last],
    digest,
  );
}

/** The digest of the answer: of its tool calls where there are some, else of its text. */
export function answerDigest(body: unknown, digest: Digest): string | undefined {
  if (!isObject(body)) return undefined;
  const output = isObject(body["output"]) ? body["output"]["message"] : body;
  const content = isObject(output) ? output["content"] : undefined;
  if (!Array.isArray(content)) return undefined;
  const calls = content.map((block) => (isObject(block) ? toolUseOf(block) : undefined));
  const made = calls.filter((call) => call !== undefined);
  if (made.length > 0) return digest(canonical(made.map(toolCall)));
  const answer = plain(content);
  return answer === "" ? undefined : digest(canonical(answer));
}

function toolUseOf(block: Json): unknown {
  if (block["type"] !== "tool_use") return block["toolUse"];
  return { name: block["name"], input: block["input"] };
}

/** The text where there is nothing else, so that equal words are equal in both APIs. */
function plain(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const texts = content.map((block: unknown) => (isObject(block) ? block["text"] : undefined));
  return texts.every((text) => typeof text === "string") ? texts.join("") : content;
}
