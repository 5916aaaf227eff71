import { HttpError } from "@influxdata/influxdb-client";
import { messageOf } from "#core/errors.ts";
import { HOUR, SECOND } from "#core/time.ts";

/** What became of one request; nobody but its sender decides what to do about it. */
export type WriteOutcome =
  | { kind: "written" }
  /** Nothing is known to be stored: the same lines may be sent again. */
  | { kind: "retry"; afterMs: number | null; message: string; inDoubt: boolean }
  /** 400: nothing is stored, a line does not parse. 422: all but the named points are stored. */
  | { kind: "rejected"; status: number; message: string }
  | { kind: "unauthorised"; message: string }
  | { kind: "missing_bucket"; message: string }
  | { kind: "too_large"; message: string };

const LONGEST_WAIT = HOUR;
const TRANSIENT = new Set([408, 425, 429]);

/** Reads a failure of the client. `now` is the wall clock, for a Retry-After that is a date. */
export function outcomeOf(error: unknown, now: number): WriteOutcome {
  const message = messageOf(error);
  if (!(error instanceof HttpError)) {
    return { kind: "retry", afterMs: null, message, inDoubt: !wasNeverSent(error) };
  }
  const { statusCode: status } = error;
  if (status === 401 || status === 403) return { kind: "unauthorised", message };
  if (status === 404) return { kind: "missing_bucket", message };
  if (status === 413) return { kind: "too_large", message };
  if (status < 300 || status >= 500 || TRANSIENT.has(status)) {
    const afterMs = retryAfter(error.headers?.["retry-after"], now);
    return { kind: "retry", afterMs, message, inDoubt: status >= 500 };
  }
  return { kind: "rejected", status, message };
}

/** Milliseconds of a Retry-After header, which counts seconds or names a date; null without a usable one. The client takes the seconds for milliseconds. */
export function retryAfter(header: unknown, now: number): number | null {
  if (typeof header !== "string") return null;
  const wait = /^\d+$/.test(header) ? Number(header) * SECOND : Date.parse(header) - now;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}

function wasNeverSent(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH";
}
