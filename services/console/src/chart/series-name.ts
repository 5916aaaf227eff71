import type { TimelineSeries } from "../api/timeline-shape.ts";

/** The colour of a series: by its place, grey for all the rest together. */
export function slotOf({ kind }: { kind: TimelineSeries["kind"] }, index: number): number | null {
  return kind === "other" ? null : index;
}

/** What a series is called. */
export function nameOf({
  kind,
  value,
}: {
  kind: TimelineSeries["kind"];
  value: string | null;
}): string {
  if (kind === "all") return "All usage";
  return kind === "other" ? "Other" : (value ?? "None named");
}
