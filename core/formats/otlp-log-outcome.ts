import type { Outcome } from "../event.ts";
import { isNothing, toCount } from "./convert.ts";
import type { Attributes } from "./otlp-attributes.ts";
import { classOfHttp, classOfName, statusOfClass, statusOfHttp } from "./outcome.ts";

/** How a call of a coding agent went, by the kind of its event. Throws FieldProblem. */
export function logOutcome(event: string, log: Attributes): Outcome {
  switch (event) {
    case "api_error":
      return failure(log);
    case "api_refusal":
      return { status: "blocked", error_class: "content_policy" };
    case "tool":
      if (log["decision"] === "reject") return { status: "denied", error_class: "access_denied" };
      return log["success"] === false || log["success"] === "false"
        ? { status: "error", error_class: "unknown" }
        : { status: "ok" };
    default:
      return { status: "ok" };
  }
}

function failure(log: Attributes): Outcome {
  const code = log["status_code"];
  const http = isNothing(code) || code === "undefined" ? undefined : toCount(code, "status_code");
  if (http !== undefined && http >= 400) {
    const error_class = classOfHttp(http);
    return { status: statusOfHttp(http), http_status: http, ...(error_class && { error_class }) };
  }
  const error = log["error"];
  const error_class = typeof error === "string" ? classOfName(error) : "unknown";
  return { status: statusOfClass(error_class), error_class };
}
