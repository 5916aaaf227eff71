import { MeterhoundError } from "#core/errors.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { IdentityDirectory } from "#core/identity.ts";
import { formatUsd } from "#core/money.ts";
import type { SeriesDimension, SeriesStore, SeriesTotal } from "#core/ports/series-store.ts";
import { groupBy } from "#core/showback/group.ts";
import { annotationsOf, overlaps } from "#core/timeline/annotation.ts";
import { sumUp, usageOf, valueOf } from "#core/timeline/usage.ts";
import { DAY, type EventTime, formatTime } from "#core/time.ts";
import { isOpen } from "../api/finding-query.ts";
import type { FindingStore } from "../api/finding-store.ts";
import type { IdentityDetail, IdentityItem } from "../api/identity-shape.ts";

export interface IdentitiesRequest {
  /** Null: every tenant. */
  tenants: readonly string[] | null;
  team?: string | undefined;
  /** Part of the identity's name. */
  q?: string | undefined;
  to: EventTime;
}

export interface Identities {
  /** Those with usage in the week up to `to`, the dearest first. */
  list(request: IdentitiesRequest): Promise<IdentityItem[]>;
  /** One of them; of several tenants the one where it spends most. Throws MH_API_NOT_FOUND. */
  read(id: string, request: Pick<IdentitiesRequest, "tenants" | "to">): Promise<IdentityDetail>;
}

const WEEK = 7 * DAY;
const MOST_PARTS = 100;

/** Identities as the time series know them, with what the directory and the findings say of each. */
export function createIdentities(
  series: SeriesStore,
  findings: Pick<FindingStore, "inOrder">,
  directory: IdentityDirectory,
): Identities {
  const usageBy = async (
    request: Pick<IdentitiesRequest, "tenants" | "to"> & { team?: string | undefined },
    where: { identity?: readonly string[] } = {},
  ): Promise<Usage[]> => {
    const { tenants, to, team } = request;
    const narrowed = team === undefined ? where : { ...where, team: [team] };
    const sums = (length: number, by: readonly SeriesDimension[]): Promise<SeriesTotal[]> =>
      series.totals({ tenants, where: narrowed, from: to - length, to, by });
    const week = await sums(WEEK, ["tenant", "identity", "team"]);
    const day = await sums(DAY, ["tenant", "identity"]);
    return joinUsage(week, day);
  };

  return {
    async list({ q, ...request }) {
      const wanted = q?.toLowerCase();
      const usage = (await usageBy(request)).filter(
        ({ identity }) => wanted === undefined || identity.toLowerCase().includes(wanted),
      );
      const about = openByIdentity(findings.inOrder("risk", null));
      return usage.toSorted(bySpend).map((each) => itemOf(each, about, directory));
    },
    async read(id, request) {
      const found = (await usageBy(request, { identity: [id] })).toSorted(bySpend)[0];
      if (!found) throw new MeterhoundError("MH_API_NOT_FOUND", { what: `usage of ${id}` });
      const { tenant, identity } = found;
      const from = request.to - WEEK;
      const where = { identity: [identity] };
      const partsBy = async (name: "credential" | "model" | "team") =>
        partsOf(
          await series.totals({ tenants: [tenant], where, from, to: request.to, by: [name] }),
        );
      const isIts = (finding: Finding): boolean =>
        finding.tenant === tenant && finding.subject.identity === valueOf(identity);
      const about = openByIdentity(findings.inOrder("risk", null));
      return {
        to: formatTime(request.to),
        ...itemOf(found, about, directory),
        week: {
          credentials: await partsBy("credential"),
          models: await partsBy("model"),
          teams: await partsBy("team"),
        },
        findings: annotationsOf(
          findings.inOrder("risk", null),
          (finding) => isIts(finding) && overlaps(finding, 0, request.to),
        ).annotations,
      };
    },
  };
}

/** One identity's usage in the week, and in its last day. */
interface Usage {
  tenant: string;
  /** As the series have it. */
  identity: string;
  week: SeriesTotal;
  day: SeriesTotal | undefined;
  /** The team of most calls. */
  team: string;
}

function joinUsage(week: readonly SeriesTotal[], day: readonly SeriesTotal[]): Usage[] {
  const days = new Map(day.map((total) => [JSON.stringify(total.key), total]));
  const byIdentity = groupBy(week, ({ key }) => JSON.stringify(key.slice(0, 2)));
  return [...byIdentity].flatMap(([id, totals]) => {
    const [tenant = "", identity = ""] = JSON.parse(id) as string[];
    const last = Math.max(...totals.map((total) => total.last ?? 0));
    // What was moved to another owner leaves a key without calls.
    if (last === 0) return [];
    const most = totals.reduce((a, b) => (b.calls > a.calls ? b : a));
    return [
      {
        tenant,
        identity,
        week: { key: [], last, ...sumUp(totals) },
        day: days.get(id),
        team: most.key[2]!,
      },
    ];
  });
}

function itemOf(
  { tenant, identity, week, day, team }: Usage,
  about: ReadonlyMap<string, readonly Finding[]>,
  directory: IdentityDirectory,
): IdentityItem {
  const record = directory.byId(tenant, identity);
  const open = about.get(JSON.stringify([tenant, valueOf(identity)])) ?? [];
  const worst = open[0];
  return {
    tenant,
    identity: valueOf(identity),
    type: record?.type ?? worst?.subject.type ?? null,
    owner: record?.owner ?? worst?.subject.owner ?? null,
    team: record?.team ?? valueOf(team),
    last_seen: formatTime(week.last!),
    calls: { day: day?.calls ?? 0, week: week.calls },
    spend: { day: formatUsd(day?.cost ?? 0n), week: formatUsd(week.cost) },
    unpriced_calls: week.unpriced_calls,
    open_findings: open.length,
    worst_open: worst?.severity ?? null,
  };
}

/** Open findings by tenant and identity, in the order given. */
function openByIdentity(findings: Iterable<Finding>): Map<string, Finding[]> {
  const open = Array.from(findings).filter(isOpen);
  return groupBy(open, ({ tenant, subject }) => JSON.stringify([tenant, subject.identity]));
}

function partsOf(totals: readonly SeriesTotal[]): IdentityDetail["week"]["models"] {
  return totals
    .filter(({ last }) => last !== null)
    .toSorted((a, b) => compare(b.cost, a.cost) || compare(a.key[0]!, b.key[0]!))
    .slice(0, MOST_PARTS)
    .map((total) => ({
      value: valueOf(total.key[0]),
      last_seen: formatTime(total.last!),
      total: usageOf(total),
    }));
}

/** The dearest first, then by name. */
function bySpend(a: Usage, b: Usage): number {
  return (
    compare(b.week.cost, a.week.cost) ||
    compare(a.tenant, b.tenant) ||
    compare(a.identity, b.identity)
  );
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
