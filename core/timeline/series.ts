import type { SeriesTotal, TimelinePoint } from "../ports/series-store.ts";
import { type EventTime, formatTime } from "../time.ts";
import type { TimelineMetric, TimelineReport } from "./report.ts";
import { addSums, amountOf, createSums, sumUp, usageOf, valueOf } from "./usage.ts";

type Series = TimelineReport["series"][number];
type Part = Pick<Series, "kind" | "value" | "total">;

/** As many as a chart can tell apart; the rest is `other`. */
const MOST_VALUES = 7;

/** The largest values of a split by one dimension, the largest first. */
export function largestOf(totals: readonly SeriesTotal[], metric: TimelineMetric): string[] {
  return totals
    .toSorted((a, b) => {
      const difference = amountOf(b, metric) - amountOf(a, metric);
      return difference === 0n ? compareText(a.key[0]!, b.key[0]!) : difference > 0n ? 1 : -1;
    })
    .slice(0, MOST_VALUES)
    .map(({ key }) => key[0]!);
}

/** One series over everything. */
export function wholeSeries(points: readonly TimelinePoint[]): Series[] {
  return [{ kind: "all", value: null, total: usageOf(sumUp(points)), points: points.map(render) }];
}

/**
 * A series for each of the largest values, in their order, and one for what they leave of the whole,
 * where `whole` is given.
 */
export function splitSeries(
  largest: readonly string[],
  split: readonly TimelinePoint[],
  whole: readonly TimelinePoint[] | null,
): Series[] {
  const series = largest.map((text): Series => {
    const points = split.filter(({ key }) => key[0] === text);
    const total = usageOf(sumUp(points));
    return { kind: "value", value: valueOf(text), total, points: points.map(render) };
  });
  const others = whole ? restOf(whole, split) : [];
  if (others.length === 0) return series;
  const total = usageOf(sumUp(others));
  return [...series, { kind: "other", value: null, total, points: others.map(render) }];
}

/** The same for sums over a range. */
export function splitTotals(largest: readonly string[], totals: readonly SeriesTotal[]): Part[] {
  const parts = largest.map((text): Part => {
    const own = totals.filter(({ key }) => key[0] === text);
    return { kind: "value", value: valueOf(text), total: usageOf(sumUp(own)) };
  });
  const others = totals.filter(({ key }) => !largest.includes(key[0]!));
  if (others.length === 0) return parts;
  return [...parts, { kind: "other", value: null, total: usageOf(sumUp(others)) }];
}

/** What is left of each step once its parts are taken out. */
function restOf(whole: readonly TimelinePoint[], parts: readonly TimelinePoint[]): TimelinePoint[] {
  const rests = new Map<EventTime, TimelinePoint>();
  for (const { start, ...sums } of whole) {
    const rest: TimelinePoint = { start, ...createSums(), key: [] };
    addSums(rest, sums);
    rests.set(start, rest);
  }
  for (const part of parts) {
    const rest = rests.get(part.start);
    if (rest) addSums(rest, part, -1);
  }
  return [...rests.values()].filter(({ calls, cost }) => calls !== 0 || cost !== 0n);
}

function render({ start, ...sums }: TimelinePoint): Series["points"][number] {
  return { start: formatTime(start), ...usageOf(sums) };
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
