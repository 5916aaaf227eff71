import { MeterhoundError } from "#core/errors.ts";
import { outcomeOf, type WriteOutcome } from "./outcome.ts";

/** The coded error for a request that failed as a whole; carries `retry_after_ms` where the server said so. */
export function failureOf(
  outcome: Exclude<WriteOutcome, { kind: "written" }>,
  what: string,
  cause?: unknown,
): MeterhoundError {
  const options = cause === undefined ? {} : { cause };
  switch (outcome.kind) {
    case "retry": {
      const details = {
        problem: outcome.message,
        in_doubt: outcome.inDoubt ? 1 : 0,
        ...(outcome.afterMs !== null && { retry_after_ms: outcome.afterMs }),
      };
      return new MeterhoundError("MH_INFLUX_UNREACHABLE", details, options);
    }
    case "unauthorised":
      return new MeterhoundError("MH_INFLUX_UNAUTHORISED", { what }, options);
    case "missing_bucket":
      return new MeterhoundError("MH_INFLUX_BUCKET_MISSING", { what }, options);
    case "too_large":
      return rejected(413, outcome.message, options);
    case "rejected":
      return rejected(outcome.status, outcome.message, options);
  }
}

export function queryFailure(error: unknown): MeterhoundError {
  const outcome = outcomeOf(error, Date.now());
  return outcome.kind === "written"
    ? new MeterhoundError("MH_INTERNAL", { problem: "a query that failed without an error" })
    : failureOf(outcome, "the query", error);
}

function rejected(status: number, problem: string, options: ErrorOptions): MeterhoundError {
  return new MeterhoundError("MH_INFLUX_REJECTED", { status, problem }, options);
}
