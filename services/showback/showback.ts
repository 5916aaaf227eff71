import type { Finding } from "#core/finding/finding.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import { createLedger, type Period, type Sharing } from "#core/showback/cells.ts";
import { createCountable, OWNER_WARM_UP } from "#core/showback/countable.ts";
import type { Dimension } from "#core/showback/dimension.ts";
import { FOCUS_GRAIN } from "#core/showback/focus/charges.ts";
import { focusCsv } from "#core/showback/focus/csv.ts";
import { incidentsOf } from "#core/showback/incidents.ts";
import { createQualityLedger } from "#core/showback/quality/ledger.ts";
import { createLineage } from "#core/showback/quality/lineage.ts";
import { qualityReport } from "#core/showback/quality/report.ts";
import { previousOf, showbackReport, type ShowbackReport } from "#core/showback/report.ts";
import { createStatement } from "#core/showback/statement.ts";
import type { EventTime } from "#core/time.ts";
import type { Site } from "../site.ts";
import { logBegin, periodOf } from "./period.ts";

/** Which usage a statement is of. */
interface Asked {
  from?: EventTime | undefined;
  /** Exclusive. */
  to?: EventTime | undefined;
  /** Null: every tenant. */
  tenants: readonly string[] | null;
}

export interface ShowbackRequest extends Asked {
  groupBy: readonly Dimension[];
  /** Adds attribution quality and chargeback readiness. */
  quality: boolean;
}

/** Share of a period that the log may lack at its start and still be compared with. */
const MISSING_AT_MOST = 0.01;

/** Statements over the usage log; both throw MH_LOG_UNAVAILABLE and what else the log's reading throws. */
export interface Showback {
  report(request: ShowbackRequest): Promise<ShowbackReport>;
  /** The same money as a FOCUS Cost and Usage dataset, in CSV. */
  focus(asked: Asked): Promise<string>;
}

/** What findings there are, when a statement is made. */
export type ReadFindings = () => Promise<readonly Finding[]> | readonly Finding[];

/**
 * Statements summed from the usage log, in one pass over the period and, where the log reaches back
 * over it, the one before. Every tenant is read whoever asks, because a charge may be for several.
 */
export function createShowback(
  log: UsageLog,
  readFindings: ReadFindings,
  site: Site,
  now: () => EventTime,
): Showback {
  const { policies, charges, ownership } = site;
  const sharingNow = async (): Promise<Sharing> => ({
    policies,
    charges,
    incidents: incidentsOf(await readFindings()),
  });
  return {
    async report({ groupBy, tenants, quality: withQuality, ...asked }) {
      const period = await periodOf(log, asked, now());
      const previous = previousOf(period);
      const begin = await logBegin(log);
      const latest = previous.from + (previous.to - previous.from) * MISSING_AT_MOST;
      const isComparable = begin !== null && begin <= latest;

      const sharing = await sharingNow();
      const current = createLedger(period, groupBy, sharing);
      const earlier = createLedger(previous, groupBy, sharing);
      const quality = createQualityLedger(ownership.directory);
      const read = { from: isComparable ? previous.from : period.from, to: period.to };
      const lineage = createLineage(({ event, at, cost }, isBroken) => {
        if (at >= period.from) quality.add(event, cost, isBroken);
      });
      await countUsage(log, read, (call) => {
        const { event, at, cost } = call;
        if (at >= period.from) current.add(event, at, cost);
        else if (at >= previous.from) earlier.add(event, at, cost);
        if (withQuality && (tenants === null || tenants.includes(event.tenant))) lineage.push(call);
      });
      lineage.end();

      const statement = createStatement(current.ledger(), tenants);
      const before = isComparable ? createStatement(earlier.ledger(), tenants) : null;
      const report = showbackReport(period, groupBy, statement, before);
      return withQuality
        ? { ...report, quality: qualityReport(quality.ledger(), statement) }
        : report;
    },
    async focus({ tenants, ...asked }) {
      const period = await periodOf(log, asked, now());
      const { add, ledger } = createLedger(period, FOCUS_GRAIN, await sharingNow());
      await countUsage(log, period, ({ event, at, cost }) => {
        if (at >= period.from) add(event, at, cost);
      });
      return focusCsv(period, createStatement(ledger(), tenants));
    },
  };
}

/** Counts the calls of a period and of the warm-up before it, each once and with its owner. */
async function countUsage(
  log: UsageLog,
  { from, to }: Period,
  count: (call: ResolvedEvent) => void,
): Promise<void> {
  const countable = createCountable(count);
  for await (const entries of log.readRange(from - OWNER_WARM_UP, to)) {
    for (const entry of entries) if (entry.kind === "event") countable.push(entry);
  }
  countable.end();
}
