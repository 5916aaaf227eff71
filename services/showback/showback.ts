import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { createLedger } from "#core/showback/cells.ts";
import { createCountable, OWNER_WARM_UP } from "#core/showback/countable.ts";
import type { Dimension } from "#core/showback/dimension.ts";
import { createQualityLedger } from "#core/showback/quality/ledger.ts";
import { qualityReport } from "#core/showback/quality/report.ts";
import { previousOf, showbackReport, type ShowbackReport } from "#core/showback/report.ts";
import { createStatement } from "#core/showback/statement.ts";
import type { EventTime } from "#core/time.ts";
import type { Site } from "../site.ts";
import { logBegin, periodOf } from "./period.ts";

export interface ShowbackRequest {
  from?: EventTime | undefined;
  /** Exclusive. */
  to?: EventTime | undefined;
  groupBy: readonly Dimension[];
  /** Null: every tenant. */
  tenants: readonly string[] | null;
  /** Adds attribution quality and chargeback readiness. */
  quality: boolean;
}

/** Share of a period that the log may lack at its start and still be compared with. */
const MISSING_AT_MOST = 0.01;

/** Answers a showback statement; throws MH_LOG_UNAVAILABLE and what else the log's reading throws. */
export type Showback = (request: ShowbackRequest) => Promise<ShowbackReport>;

/**
 * Statements summed from the usage log, in one pass over the period and, where the log reaches back
 * over it, the one before. Every tenant is read whoever asks, because a charge may be for several.
 */
export function createShowback(log: UsageLog, site: Site, now: () => EventTime): Showback {
  const { policies, charges, ownership } = site;
  return async ({ groupBy, tenants, quality: withQuality, ...asked }) => {
    const period = await periodOf(log, asked, now());
    const previous = previousOf(period);
    const begin = await logBegin(log);
    const latest = previous.from + (previous.to - previous.from) * MISSING_AT_MOST;
    const isComparable = begin !== null && begin <= latest;

    const current = createLedger(period, groupBy, { policies, charges });
    const earlier = createLedger(previous, groupBy, { policies, charges });
    const quality = createQualityLedger(ownership.directory);
    const countable = createCountable(({ event, at, cost }: ResolvedEvent) => {
      if (at < period.from) {
        if (at >= previous.from) earlier.add(event, at, cost);
        return;
      }
      current.add(event, at, cost);
      if (withQuality && (tenants === null || tenants.includes(event.tenant))) {
        quality.add(event, cost);
      }
    });
    const from = (isComparable ? previous.from : period.from) - OWNER_WARM_UP;
    for await (const entries of log.readRange(from, period.to)) {
      for (const entry of entries) if (entry.kind === "event") countable.push(entry);
    }
    countable.end();

    const statement = createStatement(current.ledger(), tenants);
    const before = isComparable ? createStatement(earlier.ledger(), tenants) : null;
    const report = showbackReport(period, groupBy, statement, before);
    return withQuality
      ? { ...report, quality: qualityReport(quality.ledger(), statement) }
      : report;
  };
}
