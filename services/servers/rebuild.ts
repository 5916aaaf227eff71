import type { Logger } from "pino";
import { createInfluxClient } from "#adapters/influx/client.ts";
import { rebuildProfiles } from "#adapters/influx/profile.ts";
import type { EventTime } from "#core/time.ts";
import type { InfluxSettings } from "../config.ts";

/** Computes the hour-of-week profiles anew from the stored hours; answers for how many identities. Throws MH_INFLUX_*. */
export async function rebuildStoredProfiles(
  { url, org, token, prefix }: InfluxSettings,
  from: EventTime,
  to: EventTime,
  now: number,
  log: Logger,
): Promise<number> {
  const { identities } = await rebuildProfiles({
    client: createInfluxClient({ url, org, token }),
    prefix,
    from,
    to,
    now,
    onDropped: (dropped) => log.error({ event: "series.dropped", ...dropped }),
  });
  return identities;
}
