import { parseUsd, usdNumber } from "#core/money.ts";
import { HOUR } from "#core/time.ts";
import type { TimelineBand, TimelineReport, TimelineSeries } from "../api/timeline-shape.ts";

export type Metric = "cost" | "calls" | "tokens";

/** A timeline as columns by step, in doubles: for pixels only. */
export interface Steps {
  /** Start of each step, milliseconds. */
  starts: number[];
  /** One column per series; a step without usage is 0. */
  columns: number[][];
  band: { expected: (number | null)[]; low: (number | null)[]; high: (number | null)[] } | null;
}

type Point = TimelineSeries["points"][number];

/** Lays the points of a report out on all its steps, which begin at whole ones of the day wherever the range does. */
export function stepsOf(report: TimelineReport, metric: Metric): Steps {
  const { step_ms: step, series, band } = report;
  const first = Math.floor(Date.parse(report.from) / step) * step;
  const count = Math.ceil((Date.parse(report.to) - first) / step);
  const starts = Array.from({ length: count }, (_, i) => first + i * step);
  const columns = series.map(({ points }) => {
    const column = Array<number>(count).fill(0);
    for (const point of points) {
      const at = Math.floor((Date.parse(point.start) - first) / step);
      if (at >= 0 && at < count) column[at]! += valueOf(point, metric);
    }
    return column;
  });
  const fits = band !== null && band.metric === metric;
  return { starts, columns, band: fits ? bandOn(starts, step, band) : null };
}

/** A band of hours: summed on longer steps, an even share of it on shorter ones. */
function bandOn(starts: readonly number[], step: number, band: TimelineBand): Steps["band"] {
  const columns = { expected: empty(starts), low: empty(starts), high: empty(starts) };
  const first = starts[0] ?? 0;
  const share = Math.min(1, step / HOUR);
  for (const point of band.points) {
    const hour = Date.parse(point.start);
    for (let at = hour; at < hour + HOUR; at += Math.min(step, HOUR)) {
      const i = Math.floor((at - first) / step);
      if (i < 0 || i >= starts.length) continue;
      for (const edge of ["expected", "low", "high"] as const) {
        columns[edge][i] = (columns[edge][i] ?? 0) + numberOf(point[edge]) * share;
      }
    }
  }
  return columns;
}

export function valueOf(point: Omit<Point, "start">, metric: Metric): number {
  switch (metric) {
    case "cost":
      return numberOf(point.cost);
    case "calls":
      return point.calls;
    case "tokens":
      return point.input_tokens + point.output_tokens;
  }
}

/** Columns on top of each other: the last is the sum of all. */
export function stacked(columns: readonly number[][]): number[][] {
  let below: number[] | null = null;
  return columns.map((column) => {
    const base: number[] | null = below;
    below = base ? column.map((value, i) => value + base[i]!) : column;
    return below;
  });
}

function numberOf(value: string | number): number {
  return typeof value === "number" ? value : usdNumber(parseUsd(value) ?? 0n);
}

function empty(starts: readonly number[]): (number | null)[] {
  return Array<null>(starts.length).fill(null);
}
