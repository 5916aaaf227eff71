import { createHourSeries } from "../baseline/hour-series.ts";
import type { AdminAction, IdentitySeries } from "../detector.ts";
import { createRareHours } from "../baseline/rare-hours.ts";
import type { EventTime } from "../time.ts";
import { createEpisodes, type Episodes } from "./correlate.ts";
import type { SeenEvents } from "./dedupe.ts";
import { createOwners, type Owners } from "./inherit.ts";
import type { Feeds } from "./feeds.ts";
import type { Halves } from "./join.ts";
import type { RollupWindows } from "./rollup.ts";

/** Everything the fold knows of one partition: plain data, all of it in the checkpoint. */
export interface PartitionState {
  /** Sequence of the last folded entry. */
  sequence: number;
  /** Event time of the log's first event, from its `start` entry; null where there is none. */
  started: EventTime | null;
  tenants: Map<string, TenantState>;
}

/** All state lies inside a tenant, so that findings do not depend on how tenants share partitions. */
export interface TenantState {
  /** Smallest event time seen. */
  since: EventTime;
  /** Largest event time seen: what is late is measured against it. */
  newest: EventTime;
  /** Hour since the epoch in which forgotten things were last swept out. */
  swept: number;
  seen: SeenEvents;
  owners: Owners;
  halves: Halves;
  /** Null until a shadow feed tells of this tenant. */
  feeds: Feeds | null;
  identities: Map<string, IdentityState>;
  rollups: RollupWindows;
  /** Detector states by rule id, then by the detector's own key. */
  detectors: Map<string, DetectorStates>;
  episodes: Episodes;
}

/** What is kept of one identity; of all unattributed usage together under the name `_none`. */
export interface IdentityState {
  series: IdentitySeries;
  /** Its actions of administration of the last day. */
  admin: AdminAction[];
  lastAt: EventTime;
}

export interface DetectorStates {
  version: number;
  /** How many the last sweep left. */
  left: number;
  states: Map<string, unknown>;
}

export function createPartitionState(): PartitionState {
  return { sequence: 0, started: null, tenants: new Map() };
}

export function createTenantState(): TenantState {
  return {
    since: Infinity,
    newest: -Infinity,
    swept: -1,
    seen: new Map(),
    owners: createOwners(),
    halves: new Map(),
    feeds: null,
    identities: new Map(),
    rollups: new Map(),
    detectors: new Map(),
    episodes: createEpisodes(),
  };
}

export function createIdentityState(): IdentityState {
  return {
    series: { calls: createHourSeries(), spend: createHourSeries(), rare: createRareHours() },
    admin: [],
    lastAt: -Infinity,
  };
}
