import type { UsageEvent } from "./event.ts";
import { formatUsd, parseUsd } from "./money.ts";
import type { LogEntry } from "./pipeline/fold.ts";
import type { NewEntry } from "./ports/usage-log.ts";
import { type EventTime, parseTime } from "./time.ts";

/** The stored form of a `start` entry: no event, for an event has an id. */
const START = '{"kind":"start"}';

/** The stored form of an event: its canonical JSON; ticks have none, and the log's start a fixed text. */
export function encodeEntry(entry: NewEntry): string | null {
  if (entry.kind === "tick") return null;
  if (entry.kind === "start") return START;
  const { event, cost } = entry;
  if (cost === null) return JSON.stringify(event);
  return JSON.stringify({ ...event, cost: { ...event.cost, amount: formatUsd(cost) } });
}

/** How a text stands in the stored form of an event that has it among its values. */
export function encodedText(text: string): string {
  return JSON.stringify(text);
}

/** Reads a stored entry back, with its time and exact cost. */
export function decodeEntry(sequence: number, at: EventTime, body: string | null): LogEntry {
  if (body === null) return { kind: "tick", sequence, at };
  if (body === START) return { kind: "start", sequence, at };
  const event = JSON.parse(body) as UsageEvent;
  const amount = event.cost?.amount;
  const cost = amount === undefined ? null : parseUsd(amount);
  return { kind: "event", sequence, at: parseTime(event.time) ?? at, event, cost };
}
