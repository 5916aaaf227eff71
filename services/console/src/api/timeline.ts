import { request } from "./request.ts";
import type { TimelineReport, TimelineRequest } from "./timeline-shape.ts";

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
