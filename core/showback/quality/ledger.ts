import type { UsageEvent } from "../../event.ts";
import type { IdentityDirectory } from "../../identity.ts";
import type { Pico } from "../../money.ts";
import { valueOf } from "../dimension.ts";
import { tokensOf } from "../totals.ts";
import { type Conflict, conflictsOf } from "./conflicts.ts";
import { type GapName, GAP_NAMES, GAPS } from "./gaps.ts";
import {
  absolute,
  addToStanding,
  confidenceOf,
  createStanding,
  type Standing,
} from "./standing.ts";

/** Usage something is wrong with; money by its absolute amount. */
export interface Affected {
  events: number;
  cost: Pico;
  unpriced_tokens: number;
}

/** How well a period's usage is attributed, after one pass over its events. */
export interface QualityLedger {
  total: Standing;
  /** By tenant; then by tenant and team, and by tenant and identity, each as JSON lists. */
  tenants: ReadonlyMap<string, Standing>;
  teams: ReadonlyMap<string, Standing>;
  identities: ReadonlyMap<string, Standing>;
  /** Events and money by their confidence, in fifths. */
  bands: readonly Affected[];
  conflicts: readonly (Conflict & Affected)[];
  gaps: readonly ({ gap: GapName; tenant: string; subject: string } & Affected)[];
  /** Money on credentials whose owner has a name. */
  owned: Pico;
}

const BANDS = 5;

/** Collects counted events. */
export function createQualityLedger(directory: IdentityDirectory): {
  add(event: UsageEvent, cost: Pico | null, isBroken: boolean): void;
  ledger(): QualityLedger;
} {
  const total = createStanding();
  const tenants = new Map<string, Standing>();
  const teams = new Map<string, Standing>();
  const identities = new Map<string, Standing>();
  const bands = Array.from({ length: BANDS }, nothing);
  const conflicts = new Map<string, Conflict & Affected>();
  const gaps = new Map<string, QualityLedger["gaps"][number]>();
  let owned = 0n;
  return {
    add(event, cost, isBroken) {
      const { tenant } = event;
      const confidence = confidenceOf(event);
      const standings = [
        total,
        entryOf(tenants, [tenant], createStanding),
        entryOf(teams, [tenant, valueOf(event, "team")], createStanding),
        entryOf(identities, [tenant, valueOf(event, "identity")], createStanding),
      ];
      for (const standing of standings) addToStanding(standing, event, confidence, cost);
      affect(bands[Math.min(BANDS - 1, Math.floor((confidence * BANDS) / 10_000))]!, event, cost);
      for (const conflict of conflictsOf(event, directory)) {
        const key = Object.values(conflict);
        affect(
          entryOf(conflicts, key, () => ({ ...conflict, ...nothing() })),
          event,
          cost,
        );
      }
      for (const gap of GAP_NAMES) {
        if (!GAPS[gap].has(event, cost, isBroken)) continue;
        const subject = GAPS[gap].subject(event) ?? `source ${event.source}`;
        const create = () => ({ gap, tenant, subject, ...nothing() });
        affect(entryOf(gaps, [gap, tenant, subject], create), event, cost);
      }
      if (event.identity?.credential !== undefined && event.identity.owner !== undefined) {
        owned += cost === null ? 0n : absolute(cost);
      }
    },
    ledger: () => ({
      total,
      tenants,
      teams,
      identities,
      bands,
      conflicts: [...conflicts.values()],
      gaps: [...gaps.values()],
      owned,
    }),
  };
}

function nothing(): Affected {
  return { events: 0, cost: 0n, unpriced_tokens: 0 };
}

function affect(affected: Affected, event: UsageEvent, cost: Pico | null): void {
  affected.events += 1;
  if (cost === null) affected.unpriced_tokens += tokensOf(event);
  else affected.cost += absolute(cost);
}

function entryOf<T>(map: Map<string, T>, names: readonly unknown[], create: () => T): T {
  const key = JSON.stringify(names);
  let entry = map.get(key);
  if (!entry) map.set(key, (entry = create()));
  return entry;
}
