import { baselineOf } from "#core/baseline/hour-series.ts";
import type { DetectorContext, IdentitySeries } from "#core/detector.ts";
import type { EventTime } from "#core/time.ts";
import type { Habits } from "./habits.ts";
import type { Params } from "./params.ts";
import { addMark, strengthOf } from "./marks.ts";

/**
 * Marks an hour above the own peak hours, as the usage-anomaly detector judges it. Beside refused calls
 * only the spend is asked: a client that fails in a loop makes many calls and uses nothing.
 */
export function observeVolume(
  { marks }: Habits,
  at: EventTime,
  params: Params,
  { series, impact }: DetectorContext,
): void {
  if (!series || series.calls.recent[0]! < impact.min_calls_hour) return;
  const isRefused = marks.zero_token_probe !== undefined || marks.access_denied !== undefined;
  const ofCalls = isRefused ? 0 : excess(series, "calls", params);
  const ratio = Math.max(ofCalls, excess(series, "spend", params));
  if (ratio <= 1) return;
  addMark(marks, "own_peak", { at, value: ratio, strength: strengthOf(ratio, 1) }, params);
}

/** The running hour over what two hours, or one alone, may have; 0 without an own peak. */
function excess(series: IdentitySeries, metric: "calls" | "spend", params: Params): number {
  const [current = 0, previous = 0] = series[metric].recent;
  const { peak, activeHours } = baselineOf(series[metric]);
  if (activeHours < params.min_active_hours || peak <= 0) return 0;
  const high = params.sustained * peak;
  const isSustained = current > high && previous > high;
  return isSustained ? current / high : current / (params.sudden * peak);
}
