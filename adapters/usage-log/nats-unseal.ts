import { messageOf } from "#core/errors.ts";
import { decodeEntry, encodedText } from "#core/log-entry.ts";
import { partitionOf } from "#core/partition.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import { lastTokens, NO_TENANT, subjectToken } from "#adapters/nats/subjects.ts";

/** Sequences of entries: that of their message times this, plus their place in it. */
const PLACES = 65_536;

/** A line that is not folded: whoever wrote it is not ingest, or ingest is wrong. */
export interface RefusedLine {
  partition: number;
  sequence: number;
  reason: "partition_mismatch" | "unreadable";
  problem: string;
}

export interface Unsealing {
  partitions: number;
  /** Hears of refused lines. Where it is given, every entry must lie where its tenant belongs. */
  onRefused: ((line: RefusedLine) => void) | undefined;
  /** Only lines of events that have this among their values. */
  text?: string | undefined;
}

/** The message that holds an entry. */
export function messageSequenceOf(sequence: number): number {
  return Math.floor(sequence / PLACES);
}

/** The entries of one message, behind `after`. A line that cannot be read never sinks the others. */
export function unseal(
  message: { sequence: number; subject: string; data: Uint8Array; storedAt: number },
  after: number,
  { partitions, onRefused, text: wanted }: Unsealing,
): LogEntry[] {
  const [part = "", token = ""] = lastTokens(message.subject, 2);
  const partition = Number(part);
  const first = message.sequence * PLACES;
  const text = Buffer.from(
    message.data.buffer,
    message.data.byteOffset,
    message.data.byteLength,
  ).toString();
  const belongs = onRefused && createPlaceCheck(partition, token, partitions);
  const mark = wanted === undefined ? null : encodedText(wanted);
  const entries: LogEntry[] = [];
  text.split("\n").forEach((line, place) => {
    const sequence = first + place;
    if (sequence <= after || (mark !== null && !line.includes(mark))) return;
    try {
      const entry = readLine(token, sequence, message.storedAt, line);
      if (entry.kind === "event" && belongs && !belongs(entry.event.tenant)) {
        const problem = `tenant ${entry.event.tenant} does not belong to ${message.subject}`;
        onRefused({ partition, sequence, reason: "partition_mismatch", problem });
      } else {
        entries.push(entry);
      }
    } catch (error) {
      onRefused?.({ partition, sequence, reason: "unreadable", problem: messageOf(error) });
    }
  });
  return entries;
}

function readLine(token: string, sequence: number, storedAt: number, line: string): LogEntry {
  if (token === NO_TENANT) {
    const [time = "", ...rest] = line.split(" ");
    const at = Number(time);
    if (time === "" || !Number.isSafeInteger(at)) throw new Error("the control entry has no time");
    return decodeEntry(sequence, at, rest.join(" ") || null);
  }
  const entry = decodeEntry(sequence, storedAt, line);
  if (entry.kind === "event" && typeof entry.event.tenant !== "string") {
    throw new Error("the event has no tenant");
  }
  return entry;
}

/** True for the tenant the subject names, where it belongs to the partition. One message has one tenant, so the answer is kept. */
function createPlaceCheck(
  partition: number,
  token: string,
  partitions: number,
): (tenant: string) => boolean {
  const known = new Map<string, boolean>();
  return (tenant) => {
    let belongs = known.get(tenant);
    if (belongs === undefined) {
      belongs = subjectToken(tenant) === token && partitionOf(tenant, partitions) === partition;
      known.set(tenant, belongs);
    }
    return belongs;
  };
}
