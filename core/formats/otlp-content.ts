import type { Digest } from "../privacy.ts";
import { canonical, newContentDigest, resultDigest, toolCall } from "./content.ts";
import { isObject } from "./format.ts";
import type { Attributes } from "./otlp-attributes.ts";

/** The digest of the last message that went in; of name and arguments where a tool was called. */
export function inputDigest(attributes: Attributes, digest: Digest): string | undefined {
  const tool = attributes["gen_ai.tool.call.arguments"] ?? attributes["ai.toolCall.args"];
  if (tool !== undefined) {
    const name = attributes["gen_ai.tool.name"] ?? attributes["ai.toolCall.name"];
    return digest(canonical(toolCall({ name, arguments: tool })));
  }
  const messages = unpacked(
    attributes["gen_ai.input.messages"] ?? attributes["ai.prompt.messages"],
  );
  return Array.isArray(messages)
    ? newContentDigest([plainMessage(messages.at(-1))], digest)
    : undefined;
}

/** The digest of what came back from the model or the tool. */
export function outputDigest(attributes: Attributes, digest: Digest): string | undefined {
  const result = attributes["gen_ai.tool.call.result"] ?? attributes["ai.toolCall.result"];
  if (result !== undefined) return digest(canonical(unpacked(result)));
  const messages = unpacked(attributes["gen_ai.output.messages"]);
  if (!Array.isArray(messages)) return resultDigest(attributes["ai.response.text"], digest);
  return resultDigest({ choices: [{ message: plainMessage(messages[0]) }] }, digest);
}

/**
 * A message of parts as gateways write it, so that the same words have one digest whatever tells of
 * them: a text alone is the content, calls of tools stand beside it.
 */
function plainMessage(message: unknown): unknown {
  if (!isObject(message)) return message;
  const parts = message["parts"] ?? message["content"];
  if (!Array.isArray(parts)) return message;
  const calls = parts.filter((part) => isObject(part) && part["type"] === "tool_call");
  const [only] = parts as unknown[];
  const isText = parts.length === 1 && isObject(only) && only["type"] === "text";
  const content: unknown = isText ? (only["content"] ?? only["text"]) : parts;
  return { role: message["role"], content, ...(calls.length > 0 && { tool_calls: calls }) };
}

/** Attributes hold structures as JSON in a text. */
function unpacked(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
