import type { Outcome } from "../event.ts";
import { isNothing, toCount } from "./convert.ts";
import type { Attributes } from "./otlp-attributes.ts";
import { classOfHttp, classOfName, statusOfClass, statusOfHttp } from "./outcome.ts";

/** How a call went, by its HTTP status, its error type, why the model stopped, and the span's own status. Throws FieldProblem. */
export function spanOutcome(attributes: Attributes): Outcome {
  const name = ["http.response.status_code", "http.status_code"].find(
    (each) => !isNothing(attributes[each]),
  );
  const outcome: Outcome = { status: "ok" };
  if (name !== undefined) outcome.http_status = toCount(attributes[name], name);
  if (wasFiltered(attributes)) {
    return { ...outcome, status: "blocked", error_class: "content_policy" };
  }
  const error = attributes["error.type"];
  const told = typeof error === "string" && /^\d{3}$/.test(error) ? Number(error) : undefined;
  const http = outcome.http_status ?? told;
  if (http !== undefined && http >= 400) return { ...outcome, ...ofHttp(http) };
  const failed = FAILED.has(attributes["status.code"]) || !isNothing(error);
  if (!failed) return outcome;
  if (typeof error !== "string") return { ...outcome, status: "error", error_class: "unknown" };
  if (/cancel|abort/i.test(error)) return { ...outcome, status: "cancelled" };
  const error_class = classOfName(error);
  return { ...outcome, status: statusOfClass(error_class), error_class };
}

const FAILED: ReadonlySet<unknown> = new Set([2, "STATUS_CODE_ERROR"]);

function ofHttp(http: number): Outcome {
  const error_class = classOfHttp(http);
  return { http_status: http, status: statusOfHttp(http), ...(error_class && { error_class }) };
}

function wasFiltered(attributes: Attributes): boolean {
  const reasons =
    attributes["gen_ai.response.finish_reasons"] ?? attributes["ai.response.finishReason"];
  const list: readonly unknown[] = Array.isArray(reasons) ? reasons : [reasons];
  return list.some((reason) => reason === "content_filter" || reason === "content-filter");
}
