import { displayUsd, parseUsd, usdNumber } from "#core/money.ts";

/** An amount as people read it, to the cent; `unpriced` where it is not known. */
export function usd(amount: string | null): string {
  return displayUsd(amount === null ? null : parseUsd(amount));
}

/** An amount for pixels, never for figures. */
export function usdPixels(amount: string | null): number | null {
  const pico = amount === null ? null : parseUsd(amount);
  return pico === null ? null : usdNumber(pico);
}

/** An exact amount cut after the cents, so that its tail can be shown lighter: `21.04` and `6482`. */
export function cutAtCents(amount: string): { head: string; tail: string } {
  const [whole = "0", fraction = ""] = amount.split(".");
  return { head: `${whole}.${fraction.slice(0, 2).padEnd(2, "0")}`, tail: fraction.slice(2) };
}

/** An axis label: `$1.2k`, `$40`, `$0.50`, `$0.0025`. */
export function usdAxis(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000) return `$${trim(value / 1_000)}k`;
  if (size >= 1 || size === 0) return `$${trim(value)}`;
  return size >= 0.01 ? `$${value.toFixed(2)}` : `$${value.toFixed(4).replace(/0+$/, "")}`;
}

function trim(value: number): string {
  return String(Math.round(value * 100) / 100);
}
