import { MeterhoundError } from "#core/errors.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { SeriesSelection, SeriesStore } from "#core/ports/series-store.ts";
import { annotationsOf, overlaps } from "#core/timeline/annotation.ts";
import { bandOf, expectedIn } from "#core/timeline/band.ts";
import type { TimelineMetric, TimelineReport, TimelineSplit } from "#core/timeline/report.ts";
import { largestOf, splitSeries, wholeSeries } from "#core/timeline/series.ts";
import { stepFor } from "#core/timeline/step.ts";
import { type Stretch, windowReport } from "#core/timeline/window.ts";
import { DAY, type EventTime, formatTime, HOUR, MINUTE } from "#core/time.ts";
import type { FindingStore } from "../api/finding-store.ts";

export interface TimelineRequest {
  /** Null: every tenant. */
  tenants: readonly string[] | null;
  identity?: string | undefined;
  credential?: string | undefined;
  model?: string | undefined;
  team?: string | undefined;
  from?: EventTime | undefined;
  /** Exclusive. */
  to?: EventTime | undefined;
  /** Milliseconds, whole minutes; chosen by the range where absent. */
  step?: number | undefined;
  by?: TimelineSplit | undefined;
  metric: TimelineMetric;
  window?: { from: EventTime; to: EventTime } | undefined;
}

/** Answers spend over time, from the series store; throws what that throws. */
export type Timeline = (request: TimelineRequest) => Promise<TimelineReport>;

const DEFAULT_RANGE = 7 * DAY;
const MOST_POINTS = 2_000;
/** So far back an hour's band may lie that stands for one that has none yet. */
const BAND_REACH = 7 * DAY;

export function createTimeline(
  series: SeriesStore,
  findings: Pick<FindingStore, "inOrder">,
  now: () => EventTime,
): Timeline {
  return async (request) => {
    const { metric, by } = request;
    const to = ceilMinute(request.to ?? now());
    const from = floorMinute(request.from ?? to - DEFAULT_RANGE);
    const step = request.step ?? stepFor(from, to);
    if (from >= to) throw badRequest("from: must be before to");
    if ((to - from) / step > MOST_POINTS) throw badRequest(`step: more than ${MOST_POINTS} points`);
    const selection = { ...selectionOf(request), from, to };
    const { largest, drawn } = await draw(series, selection, step, by, metric);
    const owner = await bandOwner(series, request, selection);
    const bands = owner && (await bandsOf(series, owner, from, to));
    const { annotations, leftOut } = annotationsOf(
      findings.inOrder("risk", null),
      (finding) => isAbout(finding, request) && overlaps(finding, from, to),
    );
    return {
      from: formatTime(from),
      to: formatTime(to),
      step_ms: step,
      currency: "USD",
      metric,
      by: by ?? null,
      series: drawn,
      band: bands && bandOf(bands, metric),
      annotations,
      annotations_left_out: leftOut,
      window: request.window ? await compare(series, request, selection, largest, owner) : null,
    };
  };
}

/** The series of a chart: one, or the largest values of the split and what they leave. */
async function draw(
  series: SeriesStore,
  selection: SeriesSelection,
  step: number,
  by: TimelineSplit | undefined,
  metric: TimelineMetric,
): Promise<{ largest: string[]; drawn: TimelineReport["series"] }> {
  const whole = (): ReturnType<SeriesStore["timeline"]> => series.timeline({ ...selection, step });
  if (by === undefined) return { largest: [], drawn: wholeSeries(await whole()) };
  const totals = await series.totals({ ...selection, by: [by] });
  const largest = largestOf(totals, metric);
  const parts = await series.timeline({ ...narrowed(selection, by, largest), by: [by], step });
  const rest = totals.length > largest.length ? await whole() : null;
  return { largest, drawn: splitSeries(largest, parts, rest) };
}

async function compare(
  series: SeriesStore,
  request: TimelineRequest,
  selection: SeriesSelection,
  largest: readonly string[],
  owner: BandOwner | null,
): Promise<TimelineReport["window"]> {
  const { from: first, to: last } = selection;
  const clip = (at: EventTime): EventTime => Math.min(Math.max(at, first), last);
  const from = clip(floorMinute(request.window!.from));
  const to = clip(ceilMinute(request.window!.to));
  const by = request.by === undefined ? [] : [request.by];
  const stretch = async (from: EventTime, to: EventTime): Promise<Stretch> => ({
    from,
    to,
    totals: from < to ? await series.totals({ ...selection, from, to, by }) : [],
  });
  const inside = await stretch(from, to);
  const stretches = { before: await stretch(first, from), inside, after: await stretch(to, last) };
  const bands = owner && (await bandsOf(series, owner, from - BAND_REACH, to));
  const hours = bands ? await series.timeline({ ...selection, from, to, step: HOUR }) : [];
  const starts = hours.map(({ start }) => start);
  return windowReport(stretches, largest, bands && expectedIn(bands, starts, from, to));
}

/** Whose band it is. */
interface BandOwner {
  tenant: string;
  identity: string;
}

/** Bands are kept for each identity of a tenant, over all its usage; null where something else is asked for. */
async function bandOwner(
  series: SeriesStore,
  { tenants, identity, credential, model, team }: TimelineRequest,
  selection: SeriesSelection,
): Promise<BandOwner | null> {
  const isPart = credential !== undefined || model !== undefined || team !== undefined;
  if (identity === undefined || isPart) return null;
  const having =
    tenants?.length === 1
      ? tenants
      : (await series.totals({ ...selection, by: ["tenant"] })).map(({ key }) => key[0]!);
  return having.length === 1 ? { tenant: having[0]!, identity } : null;
}

function bandsOf(
  series: SeriesStore,
  { tenant, identity }: BandOwner,
  from: EventTime,
  to: EventTime,
): Promise<BandPoint[]> {
  return series.bands(tenant, identity, floorHour(from), to);
}

function selectionOf(request: TimelineRequest): Pick<SeriesSelection, "tenants" | "where" | "by"> {
  const names = ["identity", "credential", "model", "team"] as const;
  const where = Object.fromEntries(
    names.flatMap((name) => (request[name] === undefined ? [] : [[name, [request[name]]]])),
  ) as SeriesSelection["where"];
  return { tenants: request.tenants, where, by: [] };
}

function narrowed(
  selection: SeriesSelection,
  by: TimelineSplit,
  values: readonly string[],
): SeriesSelection {
  if (by === "tenant") return { ...selection, tenants: values };
  return { ...selection, where: { ...selection.where, [by]: values } };
}

/** Findings name no model: one of them narrows the usage, not the marks. */
function isAbout(
  { tenant, subject, showback }: Finding,
  { tenants, identity, credential, team }: TimelineRequest,
): boolean {
  return (
    (tenants === null || tenants.includes(tenant)) &&
    (identity === undefined || identity === subject.identity) &&
    (credential === undefined || credential === subject.credential) &&
    (team === undefined || team === showback.team)
  );
}

function badRequest(problem: string): MeterhoundError {
  return new MeterhoundError("MH_API_BAD_REQUEST", { problem });
}

function floorMinute(at: EventTime): EventTime {
  return Math.floor(at / MINUTE) * MINUTE;
}

function ceilMinute(at: EventTime): EventTime {
  return Math.ceil(at / MINUTE) * MINUTE;
}

function floorHour(at: EventTime): EventTime {
  return Math.floor(at / HOUR) * HOUR;
}
