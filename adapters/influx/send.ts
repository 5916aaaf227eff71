import type { MayWrite } from "#core/ports/may-write.ts";
import type { InfluxClient } from "./client.ts";
import { failureOf } from "./failure.ts";

/** Why points were left out, to be counted and shown. */
export type DropReason =
  | "value"
  | "unparseable"
  | "too_large"
  | "type_conflict"
  | "beyond_retention"
  | "other";

/** Points the store does not have and will not get by trying again. */
export interface Dropped {
  reason: DropReason;
  points: number;
  message: string;
  /** The line, or what it was to be made from; shortened. */
  sample: string | null;
}

export type OnDropped = (dropped: Dropped) => void;

/** Where lines go. */
export interface LineTarget {
  client: InfluxClient;
  bucket: string;
  onDropped: OnDropped;
  /** Nothing is sent any more once this is false. */
  mayWrite?: MayWrite | undefined;
}

const BATCH = 5_000;
/** More bad lines than this in one call are no bad lines: something between us and the server refuses everything. */
const MAX_BAD_LINES = 100;
const MAX_SAMPLE = 500;

/**
 * Sends lines, 5,000 a request. A line that does not parse is found by halving and left out, points
 * that break a type or are too old are counted, and all others are stored when this resolves.
 * Throws MH_INFLUX_* where a request failed as a whole: everything may then be sent again, which
 * absolute totals allow.
 */
export async function sendLines(target: LineTarget, lines: readonly string[]): Promise<void> {
  const waiting: (readonly string[])[] = [];
  for (let end = lines.length; end > 0; end -= BATCH) {
    waiting.push(lines.slice(Math.max(0, end - BATCH), end));
  }
  const bad: Dropped[] = [];
  for (let batch = waiting.pop(); batch; batch = waiting.pop()) {
    const outcome = await target.client.write(target.bucket, batch, target.mayWrite);
    if (outcome.kind === "written") continue;
    const reason = reasonOf(outcome);
    if (reason === null || bad.length === MAX_BAD_LINES) throw failureOf(outcome, target.bucket);
    const { message } = outcome;
    if (outcome.kind === "rejected" && outcome.status === 422) {
      target.onDropped({ reason, points: droppedPoints(message), message, sample: null });
    } else if (batch.length === 1) {
      bad.push({ reason, points: 1, message, sample: sampleOf(batch[0] ?? "") });
    } else {
      const middle = batch.length >> 1;
      waiting.push(batch.slice(middle), batch.slice(0, middle));
    }
  }
  for (const dropped of bad) target.onDropped(dropped);
}

export function sampleOf(text: string): string {
  return text.slice(0, MAX_SAMPLE);
}

/** Why lines of the request are at fault; null where they are not. */
function reasonOf(outcome: { kind: string; status?: number; message?: string }): DropReason | null {
  const { kind, status, message = "" } = outcome;
  if (kind === "too_large") return "too_large";
  if (kind !== "rejected") return null;
  if (status === 400) return message.includes("unable to parse") ? "unparseable" : null;
  if (status !== 422) return null;
  if (message.includes("outside retention policy")) return "beyond_retention";
  return message.includes("field type conflict") ? "type_conflict" : "other";
}

/** From `partial write: … dropped=3`. */
function droppedPoints(message: string): number {
  return Number(/dropped=(\d+)/.exec(message)?.[1] ?? 1);
}
