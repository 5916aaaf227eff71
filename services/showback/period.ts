import type { UsageLog } from "#core/ports/usage-log.ts";
import type { Period } from "#core/showback/cells.ts";
import { DAY, type EventTime, HOUR } from "#core/time.ts";

const DEFAULT_LENGTH = 30 * DAY;

/**
 * The period a statement is for: as asked; without an end up to the hour of the log's newest event
 * (of an empty log, of `now`), without a beginning 30 days long.
 */
export async function periodOf(
  log: UsageLog,
  asked: { from?: EventTime | undefined; to?: EventTime | undefined },
  now: EventTime,
): Promise<Period> {
  const to = asked.to ?? nextHour((await newestEvent(log, now)) ?? now);
  return { from: asked.from ?? to - DEFAULT_LENGTH, to };
}

/** When what the log holds began; null where it holds nothing. */
export async function logBegin(log: UsageLog): Promise<EventTime | null> {
  const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
  const first = await Promise.all(partitions.map((partition) => log.read(partition, 0, 1)));
  const times = first.flat().map(({ at }) => at);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Looks back from now in windows that double, so that little of the log is read. */
async function newestEvent(log: UsageLog, now: EventTime): Promise<EventTime | null> {
  let to = Infinity;
  for (let width = DAY; to > 0; width *= 2) {
    const from = Math.min(to, now) - width;
    let newest: EventTime | null = null;
    for await (const entries of log.readRange(from, to)) newest = entries.at(-1)?.at ?? newest;
    if (newest !== null) return newest;
    to = from;
  }
  return null;
}

function nextHour(at: EventTime): EventTime {
  return (Math.floor(at / HOUR) + 1) * HOUR;
}
