import uPlot from "uplot";
import { drawBand } from "./band.ts";
import { drawMarks, drawStretch, type Mark, type Stretch } from "./marks.ts";
import type { Palette } from "./palette.ts";
import { highestOf, type Scale, splitsOf, topOf } from "./scale.ts";
import { stacked, type Steps } from "./steps.ts";

/** What a chart shows besides its columns. */
export interface PlotOptions {
  /** Colour slot of each column; null is everything else. */
  slots: readonly (number | null)[];
  label(value: number): string;
  /** Moments drawn across the chart. */
  marks: readonly Mark[];
  /** A stretch of time that is set apart. */
  stretch: Stretch | null;
  /** The step under the pointer, null where there is none. */
  onPoint(index: number | null): void;
  /** A dragged stretch of time, milliseconds; without it nothing can be dragged. */
  onDrag?: ((from: number, to: number) => void) | undefined;
  height: number;
  scale: Scale;
}

export interface Plot {
  /** The x of a time in pixels from the left of the chart. */
  left(time: number): number;
  timeAt(left: number): number;
  area(): { left: number; width: number };
  resize(width: number): void;
  destroy(): void;
}

const ARCSINH = 4;

/** Draws columns on top of each other, with the expected band behind, on a UTC time axis. */
export function drawPlot(
  element: HTMLElement,
  steps: Steps,
  options: PlotOptions,
  palette: Palette,
): Plot {
  const { starts, columns } = steps;
  const step = (starts[1] ?? (starts[0] ?? 0) + 3_600_000) - (starts[0] ?? 0);
  const from = starts[0] ?? 0;
  const to = (starts.at(-1) ?? 0) + step;
  // The sum is drawn first, each smaller stack over it.
  const stacks = stacked(columns).toReversed();
  const slots = options.slots.toReversed();
  const data = [starts.map((at) => at / 1_000), ...stacks] as uPlot.AlignedData;
  const top = topOf(highestOf(steps), options.scale, options.marks.length > 0);
  const bars = uPlot.paths.bars!({
    size: [1, Infinity],
    align: 1,
    gap: step > 0 && starts.length < 240 ? 1 : 0,
  });
  const plot = new uPlot(
    {
      width: element.clientWidth || 600,
      height: options.height,
      padding: [12, 24, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: options.onDrag !== undefined, y: false, setScale: false },
      },
      scales: {
        x: { range: [from / 1_000, to / 1_000] },
        y: {
          range: [0, top],
          // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot's enum is of its types only
          ...(options.scale && { distr: ARCSINH, asinh: options.scale.linear }),
        },
      },
      axes: [
        { ...axis(palette), values: timeLabels },
        { ...axis(palette), size: 58, ...ticksOf(options) },
      ],
      series: [
        {},
        ...slots.map((slot): uPlot.Series => {
          const colour = slot === null ? palette.other : palette.series(slot);
          return { paths: bars, fill: colour, stroke: colour, width: 0, points: { show: false } };
        }),
      ],
      hooks: {
        drawClear: [(self) => drawStretch(self, options.stretch, palette)],
        draw: [
          (self) => drawBand(self, steps, step, palette),
          (self) => drawMarks(self, options.marks, palette),
        ],
        setCursor: [(self) => options.onPoint(self.cursor.idx ?? null)],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 3) return;
            const edges = [left, left + width].map((x) => self.posToVal(x, "x") * 1_000);
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            options.onDrag?.(edges[0]!, edges[1]!);
          },
        ],
      },
    },
    data,
    element,
  );
  const ratio = (): number => devicePixelRatio || 1;
  return {
    left: (time) => plot.valToPos(time / 1_000, "x") + plot.bbox.left / ratio(),
    timeAt: (left) => plot.posToVal(left - plot.bbox.left / ratio(), "x") * 1_000,
    area: () => ({ left: plot.bbox.left / ratio(), width: plot.bbox.width / ratio() }),
    resize: (width) => plot.setSize({ width, height: options.height }),
    destroy: () => plot.destroy(),
  };
}

function axis({ text, grid }: Palette): uPlot.Axis {
  return {
    stroke: text,
    font: "11px system-ui, sans-serif",
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 5 },
    gap: 5,
  };
}

function ticksOf({ label, scale }: PlotOptions): uPlot.Axis {
  const values: uPlot.Axis["values"] = (_, ticks) => ticks.map((tick) => label(tick));
  if (!scale) return { values };
  return { values, splits: (_, __, ___, top) => splitsOf(scale, top), filter: (_, ticks) => ticks };
}

/** Days by name where the axis spans days, else hours; always UTC. */
function timeLabels(_: uPlot, ticks: number[]): string[] {
  const span = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  let day = "";
  return ticks.map((seconds) => {
    const date = new Date(seconds * 1_000);
    const name = date.toLocaleDateString("en", { day: "numeric", month: "short", timeZone: "UTC" });
    const clock = date.toISOString().slice(11, 16);
    if (span >= 86_400) return name;
    const isNewDay = name !== day;
    day = name;
    return isNewDay ? `${clock}\n${name}` : clock;
  });
}
