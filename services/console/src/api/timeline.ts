import type { TimelineReport } from "#core/timeline/report.ts";
import { request } from "./request.ts";

export type { TimelineReport };
export type TimelineSeries = TimelineReport["series"][number];
export type TimelineBand = NonNullable<TimelineReport["band"]>;
export type TimelineWindow = NonNullable<TimelineReport["window"]>;

export interface TimelineRequest {
  from: number;
  to: number;
  /** Milliseconds, whole minutes; chosen by the service where null. */
  step?: number | null;
  by?: string | null;
  metric?: string;
  identity?: string | null;
  credential?: string | null;
  model?: string | null;
  team?: string | null;
  tenant?: string | null;
  window?: { from: number; to: number } | null;
}

const MINUTE = 60_000;

export function readTimeline(
  wanted: TimelineRequest,
  signal: AbortSignal,
): Promise<TimelineReport> {
  const { from, to, step, window, ...rest } = wanted;
  const params = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  if (step) params.set("step", `${step / MINUTE}m`);
  if (window) {
    params.set("window_from", new Date(window.from).toISOString());
    params.set("window_to", new Date(window.to).toISOString());
  }
  for (const [name, value] of Object.entries(rest)) if (value) params.set(name, value);
  return request(`timeline?${params}`, { signal });
}
