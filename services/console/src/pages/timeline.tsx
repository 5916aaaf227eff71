import { useEffect, useState } from "preact/hooks";
import { readTimeline } from "../api/timeline.ts";
import type { TimelineReport } from "../api/timeline-shape.ts";
import { TimelineBreakdown } from "../parts/timeline-breakdown.tsx";
import { type DragMode, TimelineChart } from "../parts/timeline-chart.tsx";
import { TimelineFindings } from "../parts/timeline-findings.tsx";
import { TimelineTools } from "../parts/timeline-tools.tsx";
import { TimelineWindow } from "../parts/timeline-window.tsx";
import { Empty, Failure, Skeleton } from "../parts/states.tsx";
import { navigate, search } from "../state/location.ts";
import { onLive } from "../state/live.ts";
import {
  addressOf,
  requestOf,
  type Span,
  spanAt,
  type TimelineView,
  viewFrom,
} from "../state/timeline-view.ts";
import { useKeys } from "../state/use-keys.ts";
import { useResource } from "../state/use-resource.ts";
import { useTitle } from "../state/use-title.ts";

const REFRESH_MS = 30_000;

/** What was used over time, by whom, with the findings on it, and a window set against the rest. */
export function TimelinePage() {
  useTitle("Timeline");
  const view = viewFrom(search.value);
  const now = useNow();
  const span = spanAt(view, now);
  const [mode, setMode] = useState<DragMode>("zoom");
  const wanted = requestOf(view, span);
  const { data, error, isLoading, reload } = useResource(
    JSON.stringify(wanted),
    (signal) => readTimeline(wanted, signal),
    { keep: true },
  );
  useKeys({
    z: () => setMode("zoom"),
    m: () => setMode("mark"),
    Escape: () => show({ window: null }),
  });
  const show = (change: Partial<TimelineView>): void => navigate(addressOf({ ...view, ...change }));
  const mark = (window: Span | null): void => show({ window });
  return (
    <main id="main" class="timeline" aria-busy={isLoading}>
      <h1 class="hidden">Timeline</h1>
      <TimelineTools {...{ view, span, now, mode, setMode, show }} />
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton />}
      {data && <Drawn {...{ report: data, view, mode, show, mark }} />}
    </main>
  );
}

interface DrawnProps {
  report: TimelineReport;
  view: TimelineView;
  mode: DragMode;
  show(change: Partial<TimelineView>): void;
  mark(window: Span | null): void;
}

function Drawn({ report, view, mode, show, mark }: DrawnProps) {
  const hasUsage = report.series.some(({ total }) => total.calls > 0);
  return (
    <>
      <TimelineChart
        report={report}
        view={view}
        mode={mode}
        onZoom={(span) => show({ span })}
        onMark={mark}
      />
      {!hasUsage && (
        <Empty title="No usage in this stretch of time.">
          <p class="muted">Choose a longer one, or take filters away.</p>
        </Empty>
      )}
      <TimelineWindow
        window={report.window}
        by={view.by}
        clear={() => mark(null)}
        markMiddle={() => mark(middleOf(report))}
      />
      <div class="timeline-body">
        <TimelineBreakdown report={report} view={view} />
        <TimelineFindings report={report} onMark={mark} />
      </div>
    </>
  );
}

/** The middle third of a range. */
function middleOf(report: TimelineReport): Span {
  const [from, to] = [Date.parse(report.from), Date.parse(report.to)];
  const third = (to - from) / 3;
  return { from: Math.round(from + third), to: Math.round(to - third) };
}

/** The time, by the half minute and whenever a finding changes. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const update = (): void => setNow(Date.now());
    const timer = setInterval(update, REFRESH_MS);
    const stop = onLive({ onEntries: update, onGap: update });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  return now;
}
