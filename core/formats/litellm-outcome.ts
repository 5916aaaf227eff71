import type { Outcome } from "../event.ts";
import { type Find, nested } from "./fields.ts";
import { classOfName, type ErrorClass, statusOfClass } from "./outcome.ts";
import { isNothing, toCount } from "./convert.ts";

/** The gateway's call types, with and without the `a` of its asynchronous ones, to the OTel names. */
export const MODEL_OPERATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    completion: "chat",
    responses: "chat",
    anthropic_messages: "chat",
    generate_content: "generate_content",
    text_completion: "text_completion",
    embedding: "embeddings",
    image_generation: "image_generation",
    transcription: "transcription",
    speech: "speech",
    rerank: "rerank",
    moderation: "moderation",
    call_mcp_tool: "execute_tool",
  }).flatMap(([name, operation]) => [
    [name, operation],
    [`a${name}`, operation],
  ]),
);

/** Where the gateway says how a call went. */
export const OUTCOME_NAMES = [
  "status",
  "cache_hit",
  "status_fields.guardrail_status",
  "metadata.applied_guardrails",
  "error_information",
  "metadata.error_information",
] as const;

const [status, cacheHit, guardrail, applied, error, storedError] = OUTCOME_NAMES.map(
  nested.find,
) as [Find, Find, Find, Find, Find, Find];

/** How a call went, by the flags that the gateway keeps in different places. */
export function litellmOutcome(record: object): Outcome {
  const hit = cacheHit(record);
  if (hit === true || hit === "True" || hit === "true") return { status: "cache_hit" };
  if (guardrail(record) === "guardrail_intervened") {
    const names = applied(record);
    const policy: unknown = Array.isArray(names) ? names[0] : undefined;
    const blocked: Outcome = { status: "blocked", error_class: "content_policy" };
    return typeof policy === "string" ? { ...blocked, policy } : blocked;
  }
  if (status(record) !== "failure") return { status: "ok" };
  return failure((error(record) ?? storedError(record) ?? {}) as Record<string, unknown>);
}

function failure(information: Record<string, unknown>): Outcome {
  const kind = information["error_rate_limit_type"];
  const category = information["error_rate_limit_category"];
  const isOwnBudget = kind === "budget" || kind === "max_iterations";
  const name = information["error_class"];
  const error_class: ErrorClass = isOwnBudget
    ? "budget"
    : typeof name === "string"
      ? classOfName(name)
      : "unknown";
  const outcome: Outcome = { status: statusOfClass(error_class), error_class };
  const code = information["error_code"];
  if (!isNothing(code) && /^\d{3}$/.test(String(code)))
    outcome.http_status = toCount(code, "error_code");
  if (typeof category === "string") outcome.policy = category;
  return outcome;
}
