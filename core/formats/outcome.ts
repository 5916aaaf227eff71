import type { Outcome } from "../event.ts";

export type Status = NonNullable<Outcome["status"]>;
export type ErrorClass = NonNullable<Outcome["error_class"]>;

/** What an HTTP status says of a call. */
export function statusOfHttp(status: number): Status {
  if (status === 401 || status === 403) return "denied";
  if (status === 429) return "throttled";
  if (status === 499) return "cancelled";
  return status >= 400 ? "error" : "ok";
}

/** What an HTTP status says of the reason of a failure; undefined where there was none. */
export function classOfHttp(status: number): ErrorClass | undefined {
  switch (status) {
    case 400:
    case 422:
      return "validation";
    case 401:
      return "auth";
    case 403:
      return "access_denied";
    case 404:
      return "not_found";
    case 408:
    case 504:
      return "timeout";
    case 429:
      return "rate_limited";
    default:
      return status >= 500 ? "upstream" : status >= 400 ? "unknown" : undefined;
  }
}

/** What the names of errors hold, the more telling ones first. */
const WORDS: readonly (readonly [RegExp, ErrorClass])[] = [
  [/content.?policy|guardrail|moderation|safety|refus/i, "content_policy"],
  [/budget|max_iterations|spend.?limit/i, "budget"],
  [/rate.?limit|throttl|too.?many|quota/i, "rate_limited"],
  [/timeout|timed.?out|deadline/i, "timeout"],
  [/access.?denied|forbidden|permission|unauthori[sz]ed.?operation/i, "access_denied"],
  [/auth|unrecognized.?client|expired.?token|invalid.?(api)?.?key/i, "auth"],
  [/not.?found/i, "not_found"],
  [/validation|bad.?request|invalid|context.?window|unprocessable/i, "validation"],
  [/internal|service|unavailable|upstream|connection|api.?error|overloaded/i, "upstream"],
];

/** The class of an error by its name, as providers and gateways write them. */
export function classOfName(name: string): ErrorClass {
  return WORDS.find(([pattern]) => pattern.test(name))?.[1] ?? "unknown";
}

/** The status that goes with a reason, where the source tells no other. */
export function statusOfClass(error: ErrorClass): Status {
  return STATUS_OF[error] ?? "error";
}

const STATUS_OF: Readonly<Partial<Record<ErrorClass, Status>>> = {
  auth: "denied",
  access_denied: "denied",
  rate_limited: "throttled",
  budget: "throttled",
  content_policy: "blocked",
};
