import type uPlot from "uplot";
import { faded, type Palette } from "./palette.ts";
import type { Steps } from "./steps.ts";

/** Draws the expected band over each step that has one, with its middle dashed. */
export function drawBand(
  plot: uPlot,
  { starts, band }: Steps,
  step: number,
  { band: colour }: Palette,
): void {
  if (!band) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  const x = (at: number): number => Math.round(plot.valToPos(at / 1_000, "x", true));
  const y = (value: number): number => Math.round(plot.valToPos(value, "y", true));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = faded(colour, 0.3);
  ctx.strokeStyle = faded(colour, 0.9);
  ctx.lineWidth = ratio;
  const line = (left: number, right: number, at: number, dash: number[]): void => {
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(left, at);
    ctx.lineTo(right, at);
    ctx.stroke();
  };
  for (const [i, start] of starts.entries()) {
    const [low, middle, high] = [band.low[i], band.expected[i], band.high[i]];
    if (low == null || middle == null || high == null) continue;
    const [left, right] = [x(start), x(start + step)];
    ctx.fillRect(left, y(high), right - left, y(low) - y(high));
    line(left, right, y(high), []);
    line(left, right, y(low), []);
    line(left, right, y(middle), [5 * ratio, 4 * ratio]);
  }
  ctx.restore();
}
