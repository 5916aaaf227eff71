import type uPlot from "uplot";
import { faded, type Palette } from "./palette.ts";

/** A moment, milliseconds. */
export interface Mark {
  at: number;
  text: string;
}

/** A stretch of time, milliseconds. */
export interface Stretch {
  from: number;
  to: number;
}

/** Shades a stretch of time over the whole height. */
export function drawStretch(plot: uPlot, stretch: Stretch | null, palette: Palette): void {
  if (!stretch) return;
  const { ctx, bbox } = plot;
  const clamp = (x: number): number => Math.min(bbox.left + bbox.width, Math.max(bbox.left, x));
  const left = clamp(plot.valToPos(stretch.from / 1_000, "x", true));
  const right = clamp(plot.valToPos(stretch.to / 1_000, "x", true));
  ctx.save();
  ctx.fillStyle = faded(palette.inside, 0.14);
  ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  ctx.restore();
}

/** Draws moments as lines with their words beside them. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  for (const { at, text } of marks) {
    const x = Math.round(plot.valToPos(at / 1_000, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.save();
    ctx.strokeStyle = palette.detected;
    ctx.fillStyle = palette.detected;
    ctx.lineWidth = 2 * ratio;
    ctx.setLineDash([]);
    ctx.textAlign = "left";
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
    const width = ctx.measureText(text).width;
    const isRoomRight = x + width + 8 * ratio < bbox.left + bbox.width;
    ctx.fillText(text, isRoomRight ? x + 6 * ratio : x - width - 6 * ratio, bbox.top + 11 * ratio);
    ctx.restore();
  }
}
