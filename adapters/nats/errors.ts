import { NatsError } from "nats";
import { messageOf } from "#core/errors.ts";

/** Error numbers of the JetStream API that mean something to us. */
export const API = {
  wrongLastSequence: 10_071,
  streamFull: 10_077,
  streamNotFound: 10_059,
  consumerNotFound: 10_014,
  messageNotFound: 10_037,
  insufficientResources: 10_023,
  insufficientStorage: 10_047,
} as const;

/**
 * The number of the JetStream API error behind a failure, or null. `code` alone does not tell: 503 is
 * both "nobody answers" and "the stream is full".
 */
export function apiCode(error: unknown): number | null {
  return (error instanceof NatsError && error.api_error?.err_code) || null;
}

const FULL: readonly (number | null)[] = [
  API.streamFull,
  API.insufficientResources,
  API.insufficientStorage,
];

/** True where the server has no room: trying again at once is of no use. */
export function isFull(error: unknown): boolean {
  return FULL.includes(apiCode(error));
}

/** True where the same request may succeed in a moment: no answer, nobody there, no leader. */
export function isPassing(error: unknown): boolean {
  if (isFull(error)) return false;
  if (!(error instanceof NatsError)) return false;
  if (error.api_error) return error.api_error.code === 503;
  return ["503", "TIMEOUT", "DISCONNECT", "CONNECTION_TIMEOUT", "STALE_CONNECTION"].includes(
    error.code,
  );
}

/** What went wrong, in words a reader of the log can use. */
export function natsProblem(error: unknown): string {
  if (!(error instanceof NatsError)) return messageOf(error);
  if (error.api_error) return `${error.api_error.description} (${error.api_error.err_code})`;
  if (error.permissionContext) {
    const { operation, subject } = error.permissionContext;
    return `not permitted to ${operation} to ${subject}`;
  }
  if (error.code === "503") return "nobody answers: JetStream is off or the stream is missing";
  if (error.code === "TIMEOUT") return "the server did not answer in time";
  return error.message;
}
