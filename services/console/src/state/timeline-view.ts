import { parseUsd } from "#core/money.ts";
import { DAY, HOUR, MINUTE, parseTime } from "#core/time.ts";
import type { TimelineRequest } from "../api/timeline-shape.ts";
import type { Metric } from "../chart/steps.ts";

export const METRICS: readonly Metric[] = ["cost", "calls", "tokens"];
export const SPLITS = ["model", "identity", "credential", "team", "tenant"] as const;
export type Split = (typeof SPLITS)[number];
export type Narrowing = Partial<Record<Split, string>>;

/** The last stretches of time that can be chosen by name. */
export const RANGES: Readonly<Record<string, number>> = {
  "6h": 6 * HOUR,
  "24h": DAY,
  "7d": 7 * DAY,
  "14d": 14 * DAY,
  "30d": 30 * DAY,
};
const USUAL_RANGE = "7d";
/** By the hour, a shorter stretch has too few columns and a longer one too many. */
const SHORT = 12 * HOUR;
const LONG = 20 * DAY;

export interface Span {
  from: number;
  to: number;
}

/** What the timeline shows, as the address keeps it. */
export interface TimelineView {
  /** A stretch of time, or the name of one that ends now. */
  span: Span | string;
  by: Split | null;
  metric: Metric;
  /** Only usage with these values; `_none` is usage that names none. */
  where: Narrowing;
  window: Span | null;
}

export function viewFrom(search: string): TimelineView {
  const params = new URLSearchParams(search);
  const from = parseTime(params.get("from") ?? "");
  const to = parseTime(params.get("to") ?? "");
  const range = params.get("range") ?? "";
  const by = params.get("by") ?? "model";
  const [start = "", end = ""] = (params.get("window") ?? "").split("_");
  const where: Narrowing = {};
  for (const name of SPLITS) {
    const value = params.get(name);
    if (value) where[name] = value;
  }
  return {
    span: spanOf(from, to) ?? (range in RANGES ? range : USUAL_RANGE),
    by: by === "none" ? null : (SPLITS.find((split) => split === by) ?? "model"),
    metric: METRICS.find((metric) => metric === params.get("metric")) ?? "cost",
    where,
    window: spanOf(parseTime(start), parseTime(end)),
  };
}

export function addressOf({ span, by, metric, where, window }: TimelineView): string {
  const params = new URLSearchParams();
  if (typeof span !== "string") {
    params.set("from", iso(span.from));
    params.set("to", iso(span.to));
  } else if (span !== USUAL_RANGE) params.set("range", span);
  if (by !== "model") params.set("by", by ?? "none");
  if (metric !== "cost") params.set("metric", metric);
  for (const name of SPLITS) if (where[name]) params.set(name, where[name]);
  if (window) params.set("window", `${iso(window.from)}_${iso(window.to)}`);
  const text = params.toString().replaceAll("%3A", ":");
  return `/timeline${text && `?${text}`}`;
}

/** The stretch of time a view means at a moment; one that ends now ends with the running minute. */
export function spanAt({ span }: TimelineView, now: number): Span {
  if (typeof span !== "string") return span;
  const to = Math.ceil(now / MINUTE) * MINUTE;
  return { from: to - RANGES[span]!, to };
}

/** What the API is asked for a view. A window outside of the stretch is left out. */
export function requestOf(view: TimelineView, span: Span): TimelineRequest {
  const { by, metric, where, window } = view;
  const clipped = window && clip(window, span);
  return { ...span, step: stepOf(view, span), by, metric, ...where, window: clipped };
}

/** Whole hours where an identity's band is to be seen, which is one of hours; else as the service chooses. */
function stepOf({ where }: TimelineView, { from, to }: Span): number | null {
  const hasBand = where.identity !== undefined && where.identity !== "_none";
  return hasBand && to - from >= SHORT && to - from <= LONG ? HOUR : null;
}

/** The part of a stretch that lies inside another, in whole minutes; null where none does. */
export function clip(inner: Span, outer: Span): Span | null {
  const from = Math.max(Math.floor(inner.from / MINUTE) * MINUTE, outer.from);
  const to = Math.min(Math.ceil(inner.to / MINUTE) * MINUTE, outer.to);
  return from < to ? { from, to } : null;
}

/** Twice as long, around the same middle, not beyond now. */
export function zoomedOut({ from, to }: Span, now: number): Span {
  const half = (to - from) / 2;
  const end = Math.min(to + half, Math.max(now, to));
  return { from: Math.round(from - half - (to + half - end)), to: Math.round(end) };
}

/** An exact amount per hour, cut to picodollars; null for no time. */
export function perHour(amount: string, span: Span): bigint | null {
  const length = BigInt(Math.round(span.to - span.from));
  return length <= 0n ? null : ((parseUsd(amount) ?? 0n) * BigInt(HOUR)) / length;
}

function spanOf(from: number | null, to: number | null): Span | null {
  return from !== null && to !== null && from < to ? { from, to } : null;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
