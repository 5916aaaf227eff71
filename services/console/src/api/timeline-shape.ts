import type { TimelineReport } from "#core/timeline/report.ts";

export type { TimelineReport };
export type TimelineSeries = TimelineReport["series"][number];
export type TimelineBand = NonNullable<TimelineReport["band"]>;
export type TimelineWindow = NonNullable<TimelineReport["window"]>;

/** What the timeline is asked for. */
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
