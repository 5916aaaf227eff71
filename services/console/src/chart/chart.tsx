import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { theme } from "../state/theme.ts";
import { readPalette } from "./palette.ts";
import { drawPlot, type Plot, type PlotOptions } from "./plot.ts";
import { scaleOf } from "./scale.ts";
import type { Steps } from "./steps.ts";

export interface ChartProps {
  steps: Steps;
  options: Omit<PlotOptions, "onPoint" | "scale">;
  /** The chart in one sentence, for who cannot see it and for who has no time. */
  summary: string;
  /** What the step under the pointer says. */
  readout(index: number): string;
  /** The same as a table. */
  table: ComponentChildren;
  /** Drawn over the plot, once it stands. */
  overlay?: ((plot: Plot) => ComponentChildren) | undefined;
  heading: ComponentChildren;
  legend?: ComponentChildren;
}

/** A chart with its sentence and its table. */
export function Chart(props: ChartProps) {
  const { steps, options, summary, readout, table, overlay, heading, legend } = props;
  const [isTable, setTable] = useState(false);
  const [isLog, setLog] = useState<boolean | null>(null);
  const scale = useMemo(() => scaleOf(steps, isLog), [steps, isLog]);
  return (
    <figure class="chart">
      <div class="chart-head">
        {heading}
        <span class="grow" />
        {!isTable && (
          <button
            type="button"
            aria-pressed={scale !== null}
            title="Small amounts beside large ones: the heights of columns are not in proportion"
            onClick={() => setLog(scale === null)}
          >
            Log scale
          </button>
        )}
        <button type="button" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? "Show the chart" : "Show as table"}
        </button>
      </div>
      <figcaption>{summary}</figcaption>
      {isTable ? (
        <div class="chart-table" tabIndex={0} role="region" aria-label="Figures of the chart">
          {table}
        </div>
      ) : (
        <Canvas {...{ steps, summary, readout, overlay, legend }} options={{ ...options, scale }} />
      )}
    </figure>
  );
}

type CanvasProps = Pick<ChartProps, "steps" | "summary" | "readout" | "overlay" | "legend"> & {
  options: Omit<PlotOptions, "onPoint">;
};

function Canvas({ steps, options, summary, readout, overlay, legend }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | null>(null);
  const [point, setPoint] = useState<number | null>(null);
  const [, setWidth] = useState(0);
  const shownTheme = theme();
  const drag = useRef(options.onDrag);
  drag.current = options.onDrag;

  useLayoutEffect(() => {
    const element = place.current!;
    const onDrag = options.onDrag && ((from: number, to: number) => drag.current?.(from, to));
    const drawn = drawPlot(
      element,
      steps,
      { ...options, onDrag, onPoint: setPoint },
      readPalette(element),
    );
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === 0) return;
      drawn.resize(element.clientWidth);
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    setPlot(drawn);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [
    steps,
    options.scale,
    shownTheme,
    options.stretch?.from,
    options.stretch?.to,
    options.onDrag === undefined,
  ]);

  return (
    <>
      <div class="plot">
        <div
          ref={place}
          role="img"
          aria-label={summary}
          style={{ height: `${options.height}px` }}
        />
        {plot && overlay?.(plot)}
      </div>
      <div class="chart-foot">
        {legend}
        <p class="readout">
          {point !== null && point < steps.starts.length ? readout(point) : " "}
        </p>
      </div>
    </>
  );
}
