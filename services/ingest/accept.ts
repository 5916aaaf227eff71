import { type ErrorCode, messageOf, MeterhoundError } from "#core/errors.ts";
import type { EventOrigin, EventProblem } from "#core/event-check.ts";
import { partitionOf } from "#core/partition.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { Quarantine, Quarantined } from "#core/ports/quarantine.ts";
import type { NewEntry, UsageLog } from "#core/ports/usage-log.ts";
import { redactRecord } from "#core/quarantine.ts";
import type { Resolution } from "#core/resolve.ts";
import { DAY, type EventTime, formatTime, MINUTE } from "#core/time.ts";
import { createLogStart } from "./log-start.ts";
import { type BodyItem, refuseMany } from "./parse-body.ts";
import { type FormatChoice, readPayload, type Refused, type TakeRead } from "./read-payload.ts";
import { createRecentEvents } from "./recent.ts";

/** The answer to a batch: what is durable now, what was known, what was refused and why. */
export interface Accepted {
  accepted: number;
  duplicates: number;
  quarantined: { index: number; code: ErrorCode; path: string; message: string }[];
}

/** Takes batches in: checks, owns, prices, appends. Resolves once the accepted part is durable. Throws MH_LOG_UNAVAILABLE. */
export type Accept = (
  items: readonly BodyItem[],
  origin: EventOrigin,
  now: EventTime,
  format?: FormatChoice,
) => Promise<Accepted>;

/** Events further ahead of the wall clock are flagged, or refused: a wrong clock must not blind the windows. */
const SKEW = 10 * MINUTE;
const FUTURE = DAY;

export function createAccept(
  log: UsageLog,
  quarantine: Quarantine,
  resolution: Resolution,
): Accept {
  const recent = createRecentEvents();
  const begin = createLogStart(log);
  const append = async (events: readonly ResolvedEvent[]): Promise<void> => {
    await begin(firstTime(events));
    await log.append(toBatches(events, log.partitions));
  };
  return async (items, origin, now, format = "native") => {
    const accepted: ResolvedEvent[] = [];
    const refused: Quarantined[] = [];
    const inBatch = createRecentEvents();
    const answer: Accepted = { accepted: 0, duplicates: 0, quarantined: [] };
    items.forEach((item, index) => {
      readItem(item, format, origin, resolution, now, (read) => {
        if ("problem" in read) {
          // One payload can hold any number of records.
          refuseMany(refused.length + 1);
          answer.quarantined.push({ index, ...read.problem });
          refused.push(toQuarantined(item.size, index, read, origin, now));
        } else if (recent.isKnown(read.event) || inBatch.isKnown(read.event))
          answer.duplicates += 1;
        else {
          inBatch.remember(read.event);
          accepted.push(read);
        }
      });
    });
    await Promise.all([
      refused.length > 0 && quarantine.put(refused).catch(unavailable),
      accepted.length > 0 && append(accepted),
    ]);
    recent.rememberAll(inBatch);
    return { ...answer, accepted: accepted.length };
  };
}

/** What was refused must be kept too before anything is answered; the sender may come again. */
function unavailable(cause: unknown): never {
  throw new MeterhoundError("MH_LOG_UNAVAILABLE", { problem: messageOf(cause) }, { cause });
}

function readItem(
  item: BodyItem,
  format: FormatChoice,
  origin: EventOrigin,
  resolution: Resolution,
  now: EventTime,
  take: TakeRead,
): void {
  if ("problem" in item) take({ problem: item.problem, record: item.text });
  else readPayload(item.raw, format, origin, resolution, (read) => take(checkFuture(read, now)));
}

function checkFuture(read: ResolvedEvent | Refused, now: EventTime): ResolvedEvent | Refused {
  if ("problem" in read || read.at <= now + SKEW) return read;
  if (read.at > now + FUTURE) {
    const message = "`time` is more than 24 hours ahead";
    const problem: EventProblem = { code: "MH_EVENT_FUTURE_TIME", path: "time", message };
    return { problem, record: read.event };
  }
  read.event.quality = [...(read.event.quality ?? []), "time.skew"];
  return read;
}

/** The earliest time among them; one that lies ahead of the clock only where there is no other. */
function firstTime(events: readonly ResolvedEvent[]): EventTime {
  const plain = events.filter(({ event }) => !event.quality?.includes("time.skew"));
  return Math.min(...(plain.length > 0 ? plain : events).map(({ at }) => at));
}

function toBatches(
  events: readonly ResolvedEvent[],
  partitions: number,
): { partition: number; entries: NewEntry[] }[] {
  const batches = new Map<number, NewEntry[]>();
  for (const { at, event, cost } of events) {
    const partition = partitionOf(event.tenant, partitions);
    const entries = batches.get(partition);
    const entry: NewEntry = { kind: "event", at, event, cost };
    if (entries) entries.push(entry);
    else batches.set(partition, [entry]);
  }
  return [...batches].map(([partition, entries]) => ({ partition, entries }));
}

function toQuarantined(
  size: number,
  index: number,
  { problem: { code, path, message }, record }: Refused,
  { source, tenants, digest }: EventOrigin,
  now: EventTime,
): Quarantined {
  return {
    received: formatTime(now),
    source,
    tenant: tenants?.length === 1 ? (tenants[0] ?? null) : null,
    index,
    code,
    path,
    message,
    size,
    record: redactRecord(record, digest),
  };
}
