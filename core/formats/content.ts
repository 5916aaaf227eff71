import { isObject } from "./format.ts";
import type { Digest } from "../privacy.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * The digest of what is new in a call: its last message, that is the user's last word or the tool's
 * last result, never the system prompt or the whole conversation, which would make every session look
 * like a loop. Undefined where the record holds no messages.
 */
export function newContentDigest(messages: unknown, digest: Digest): string | undefined {
  if (typeof messages === "string") return messages === "" ? undefined : digest(plain(messages));
  if (!Array.isArray(messages)) return undefined;
  const last: unknown = messages.at(-1);
  if (typeof last === "string") return digest(plain(last));
  if (!isObject(last) || last["role"] === "system") return undefined;
  return digest(canonical(last["content"] ?? last["parts"] ?? last));
}

/**
 * The digest of what came back: names and arguments of the tool calls where there are some, since the
 * wording around them varies between retries, else the text.
 */
export function resultDigest(response: unknown, digest: Digest): string | undefined {
  if (typeof response === "string") return response === "" ? undefined : digest(plain(response));
  if (!isObject(response)) return undefined;
  const choices: unknown = response["choices"];
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message: unknown = isObject(choice)
    ? choice["message"]
    : (response["content"] ?? undefined);
  if (message === undefined || message === null) return undefined;
  const calls = isObject(message) ? message["tool_calls"] : undefined;
  if (Array.isArray(calls) && calls.length > 0) return digest(canonical(calls.map(toolCall)));
  return digest(canonical(isObject(message) ? message["content"] : message));
}

/** Name and arguments, without the call's id. */
export function toolCall(call: unknown): unknown {
  const inner = isObject(call) && isObject(call["function"]) ? call["function"] : call;
  if (!isObject(inner)) return inner;
  return [inner["name"], parsed(inner["arguments"] ?? inner["input"])];
}

/** One text for equal content: keys sorted, white space collapsed, Unicode composed. */
export function canonical(value: unknown): string {
  return typeof value === "string" ? plain(value) : written(value, 0);
}

const MAX_DEPTH = 32;

/** JSON with an object as the list of its sorted entries. */
function written(value: unknown, depth: number): string {
  if (typeof value === "string") return quoted(plain(value));
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) {
    return JSON.stringify(value ?? null);
  }
  let items = "";
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      items += `${items && ","}${written(item, depth + 1)}`;
    }
  } else {
    for (const key of Object.keys(value).toSorted()) {
      items += `${items && ","}[${quoted(key)},${written((value as Json)[key], depth + 1)}]`;
    }
  }
  return `[${items}]`;
}

/** Below U+0300 every character is composed. */
const MAY_COMPOSE = /[\u0300-\uffff]/;
/** White space other than a blank, or more of it than one; below U+0300 there is little of it, which is quicker to look for. */
const MAY_COLLAPSE = /[^\S ]| \s/;
const MAY_COLLAPSE_LOW = /[\t-\r\xa0]| {2}/;

/** Texts are mostly plain already, which is cheaper to see than to bring about. */
function plain(text: string): string {
  const isLow = !MAY_COMPOSE.test(text);
  const composed = isLow ? text : text.normalize("NFC");
  const mayCollapse = isLow ? MAY_COLLAPSE_LOW : MAY_COLLAPSE;
  return (mayCollapse.test(composed) ? composed.replace(/\s+/g, " ") : composed).trim();
}

/** All but what JSON writes as it stands there. */
const MAY_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function quoted(text: string): string {
  return MAY_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Providers send arguments as JSON in a text. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
