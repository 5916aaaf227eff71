import { decodeEntry, encodedText } from "#core/log-entry.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import { MINUTE } from "#core/time.ts";
import type { Database } from "#adapters/duckdb/connection.ts";
import { asNumber, asText } from "#adapters/duckdb/values.ts";

const PAGE = 5_000;

/** The last event that was read: the next page begins behind it. */
interface Place {
  at: number;
  id: string;
  sequence: number;
}

/**
 * Events of a time range by event time, then id (by its bytes), page by page. Each page is asked for
 * within a slice of time, so that the engine looks at few rows for it; the slice widens while events
 * are sparse. What is appended after the start (above `until`) is left out.
 */
export async function* readUsageRange(
  database: Database,
  { from, to, until, text }: { from: number; to: number; until: number; text: string | undefined },
): AsyncGenerator<LogEntry[]> {
  const stop = Math.min(to, Number.MAX_SAFE_INTEGER);
  let place: Place = { at: Math.max(from, Number.MIN_SAFE_INTEGER), id: "", sequence: 0 };
  let width = MINUTE;
  while (place.at < stop) {
    const end = Math.min(place.at + width, stop);
    const page = await readPage(database, place, end, until, text);
    const last = page.at(-1);
    if (last) yield page.map(({ entry }) => entry);
    if (last && page.length === PAGE) {
      place = last;
      width = Math.max(MINUTE, width / 2);
    } else {
      place = { at: end, id: "", sequence: 0 };
      width *= 2;
    }
  }
}

async function readPage(
  database: Database,
  { at, id, sequence }: Place,
  end: number,
  until: number,
  text: string | undefined,
): Promise<(Place & { entry: LogEntry })[]> {
  const mark = text === undefined ? null : encodedText(text);
  const rows = await database.read(
    `SELECT seq, at_ms, id, body FROM usage_log
     WHERE kind = 'event' AND seq <= $until AND at_ms >= $at AND at_ms < $end
       ${mark === null ? "" : "AND contains(body, $mark)"}
       AND (at_ms > $at OR id > $id OR (id = $id AND seq > $sequence))
     ORDER BY at_ms, id, seq LIMIT $page`,
    { at, end, id, sequence, until, page: PAGE, ...(mark !== null && { mark }) },
  );
  return rows.map(([seq, time, eventId, body]) => {
    const place: Place = { sequence: asNumber(seq), at: asNumber(time), id: asText(eventId) };
    return { ...place, entry: decodeEntry(place.sequence, place.at, asText(body)) };
  });
}
