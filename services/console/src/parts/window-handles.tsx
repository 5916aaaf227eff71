import { useRef, useState } from "preact/hooks";
import type { TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import type { Plot } from "../chart/plot.ts";
import { minuteOf } from "../format/time.ts";
import type { Span } from "../state/timeline-view.ts";

export interface WindowHandlesProps {
  plot: Plot;
  /** What the chart shows: the ends of where a handle may go. */
  span: Span;
  /** How far an arrow key moves a handle. */
  step: number;
  window: Span;
  onMark(window: Span): void;
}

type Edge = keyof Span;

/** The marked window with a handle at each end, for the pointer and for the arrow keys. */
export function WindowHandles({ plot, span, step, window, onMark }: WindowHandlesProps) {
  const [dragged, setDragged] = useState<Span | null>(null);
  const shown = dragged ?? window;
  const left = plot.left(shown.from);
  const width = Math.max(1, plot.left(shown.to) - left);
  const moved = (edge: Edge, at: number): Span => {
    const inside = Math.min(span.to, Math.max(span.from, at));
    return edge === "from"
      ? { ...shown, from: Math.min(inside, shown.to - 60_000) }
      : { ...shown, to: Math.max(inside, shown.from + 60_000) };
  };
  return (
    <>
      <div class="window" style={{ left: `${left}px`, width: `${width}px` }} />
      {(["from", "to"] as const).map((edge) => (
        <Handle
          key={edge}
          edge={edge}
          at={shown[edge]}
          x={edge === "from" ? left : left + width}
          span={span}
          step={step}
          onMove={(x) => setDragged(moved(edge, plot.timeAt(x)))}
          onDone={() => {
            if (dragged) onMark(dragged);
            setDragged(null);
          }}
          onStep={(by) => onMark(moved(edge, shown[edge] + by))}
        />
      ))}
    </>
  );
}

interface HandleProps {
  edge: Edge;
  at: number;
  x: number;
  span: Span;
  step: number;
  /** To so many pixels from the left of the chart. */
  onMove(x: number): void;
  onDone(): void;
  onStep(by: number): void;
}

function Handle({ edge, at, x, span, step, onMove, onDone, onStep }: HandleProps) {
  const isHeld = useRef(false);
  const text = `${minuteOf(new Date(at).toISOString())} UTC`;
  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>): void => {
    if (!isHeld.current) return;
    const chart = event.currentTarget.parentElement!.getBoundingClientRect();
    onMove(event.clientX - chart.left);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    onStep(direction * step * (event.shiftKey ? 10 : 1));
  };
  return (
    <div
      class={`handle ${edge}`}
      style={{ left: `${x}px` }}
      role="slider"
      tabIndex={0}
      aria-label={edge === "from" ? "Begin of the window" : "End of the window"}
      aria-valuemin={span.from}
      aria-valuemax={span.to}
      aria-valuenow={at}
      aria-valuetext={text}
      title={text}
      onPointerDown={(event) => {
        isHeld.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        isHeld.current = false;
        onDone();
      }}
      onKeyDown={onKeyDown}
    >
      <span aria-hidden="true">{edge === "from" ? "t0" : "t1"}</span>
    </div>
  );
}
