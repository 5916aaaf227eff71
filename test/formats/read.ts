import type { UsageEvent } from "#core/event.ts";
import type { Format } from "#core/formats/format.ts";
import { createDigest } from "#core/privacy.ts";
import { type FormatChoice, readPayload, type Refused } from "#services/ingest/read-payload.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";

export const DIGEST = createDigest("formats");
const ORIGIN = { source: "test", tenants: null, digest: DIGEST };
const SITE = await loadSite(NO_SITE_FILES);

export interface Reading {
  events: UsageEvent[];
  refused: Refused[];
}

/** What ingest makes of a payload that nobody else holds. */
export function read(payload: unknown, format: FormatChoice): Reading {
  const reading: Reading = { events: [], refused: [] };
  readPayload(structuredClone(payload), format, ORIGIN, SITE, (result) => {
    if ("problem" in result) reading.refused.push(result);
    else reading.events.push(result.event);
  });
  return reading;
}

/** The events of a payload that is whole. */
export function eventsOf(payload: unknown, format: Format): UsageEvent[] {
  const { events, refused } = read(payload, format);
  if (refused.length > 0) throw new Error(JSON.stringify(refused[0]!.problem));
  return events;
}
