import { useMemo } from "preact/hooks";
import { formatUsd, parseUsd } from "#core/money.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { Chart } from "../chart/chart.tsx";
import { stepsOf, type Metric, valueOf } from "../chart/steps.ts";
import type { Plot } from "../chart/plot.ts";
import type { TimelineReport } from "../api/timeline-shape.ts";
import { usd, usdAxis } from "../format/money.ts";
import { duration, shortTime } from "../format/time.ts";
import { compact, count } from "../format/words.ts";
import type { Span, TimelineView } from "../state/timeline-view.ts";
import { nameOf, slotOf } from "../chart/series-name.ts";
import { FindingMarks } from "./finding-marks.tsx";
import { WindowHandles } from "./window-handles.tsx";
import { TimelineTable } from "./timeline-table.tsx";

export type DragMode = "zoom" | "mark";

export interface TimelineChartProps {
  report: TimelineReport;
  view: TimelineView;
  mode: DragMode;
  onZoom(span: Span): void;
  onMark(window: Span): void;
}

const STEP_WORDS: ReadonlyMap<number, string> = new Map([
  [MINUTE, "minute"],
  [HOUR, "hour"],
  [DAY, "day"],
]);

const TITLES: Readonly<Record<Metric, string>> = {
  cost: "Spend",
  calls: "Calls",
  tokens: "Tokens",
};

/** Usage over time with its findings, and the window that is marked. */
export function TimelineChart({ report, view, mode, onZoom, onMark }: TimelineChartProps) {
  const steps = useMemo(() => stepsOf(report, view.metric), [report, view.metric]);
  const span = { from: Date.parse(report.from), to: Date.parse(report.to) };
  const step = report.step_ms;
  const onDrag = (from: number, to: number): void => {
    if (mode === "mark") onMark({ from, to });
    else onZoom({ from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step });
  };
  const overlay = (plot: Plot) => (
    <>
      <FindingMarks plot={plot} report={report} />
      {report.window && (
        <WindowHandles
          plot={plot}
          span={span}
          step={step}
          window={{
            from: Date.parse(report.window.inside.from),
            to: Date.parse(report.window.inside.to),
          }}
          onMark={onMark}
        />
      )}
    </>
  );
  return (
    <section class={`panel drag-${mode}`} aria-labelledby="timeline-title">
      <Chart
        heading={
          <h2 id="timeline-title">
            {TITLES[view.metric]} per {STEP_WORDS.get(step) ?? duration(step)}
          </h2>
        }
        summary={sentence(report, view.metric)}
        steps={steps}
        options={{
          slots: report.series.map(slotOf),
          label: view.metric === "cost" ? usdAxis : compact,
          height: 300,
          marks: [],
          stretch: null,
          onDrag,
        }}
        overlay={overlay}
        readout={(index) => readout(report, steps.starts[index]!, view.metric)}
        table={<TimelineTable report={report} metric={view.metric} />}
        legend={<Legend report={report} hasBand={steps.band !== null} />}
      />
    </section>
  );
}

function Legend({ report, hasBand }: { report: TimelineReport; hasBand: boolean }) {
  return (
    <ul class="legend" aria-label="Legend">
      {report.series.map((series, i) => (
        <li key={nameOf(series)}>
          <span class={`swatch s${slotOf(series, i) ?? "-other"}`} /> {nameOf(series)}
        </li>
      ))}
      {hasBand && (
        <li>
          <span class="swatch band" /> Expected band
          {report.step_ms < HOUR && ", an even share of each hour's"}
        </li>
      )}
    </ul>
  );
}

function readout({ series }: TimelineReport, start: number, metric: Metric): string {
  const at = new Date(start).toISOString();
  const parts = series.flatMap((one) => {
    const point = one.points.find((candidate) => candidate.start === at);
    return point && valueOf(point, metric) > 0 ? [{ name: nameOf(one), point }] : [];
  });
  const show = (value: (typeof parts)[number]["point"]): string =>
    metric === "cost" ? usd(value.cost) : compact(valueOf(value, metric));
  const listed = parts.map(({ name, point }) => `${name} ${show(point)}`).join(", ");
  return `${shortTime(at)} UTC · ${listed || "no usage"}`;
}

function sentence({ series, from, to, annotations }: TimelineReport, metric: Metric): string {
  const cost = formatUsd(series.reduce((sum, { total }) => sum + (parseUsd(total.cost) ?? 0n), 0n));
  const calls = series.reduce((sum, { total }) => sum + total.calls, 0);
  const [first] = series.toSorted((a, b) => valueOf(b.total, metric) - valueOf(a.total, metric));
  const most = series.length > 1 && first ? `, most of it by ${nameOf(first)}` : "";
  const tokens = series.reduce((sum, { total }) => sum + valueOf(total, "tokens"), 0);
  const amount = {
    cost: `${usd(cost)} for ${count(calls, "call")}`,
    calls: `${count(calls, "call")} for ${usd(cost)}`,
    tokens: `${compact(tokens)} tokens for ${usd(cost)}`,
  }[metric];
  return `${amount} from ${shortTime(from)} to ${shortTime(to)} UTC${most}; ${count(annotations.length, "finding")}.`;
}
