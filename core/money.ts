/** Money inside Meterhound: integer picodollars (10^-12 USD), so that sums never drift. */
export type Pico = bigint;

export const PICO_PER_USD = 1_000_000_000_000n;
const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,12}))?$/;

/** Parses a decimal string in USD with at most twelve decimals; null where it is not one. */
export function parseUsd(text: string): Pico | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole = "0", fraction = ""] = match;
  const pico = BigInt(whole) * PICO_PER_USD + BigInt(fraction.padEnd(12, "0"));
  return sign === "-" ? -pico : pico;
}

/** The exact amount in USD as a decimal string, without trailing zeros: `41.2`, `0.0000021`. */
export function formatUsd(pico: Pico): string {
  const sign = pico < 0n ? "-" : "";
  const absolute = pico < 0n ? -pico : pico;
  const fraction = (absolute % PICO_PER_USD).toString().padStart(12, "0").replace(/0+$/, "");
  return `${sign}${absolute / PICO_PER_USD}${fraction && `.${fraction}`}`;
}

/** The amount as people read it: cents, thousands separated, `<$0.01` for the rest; `unpriced` where unknown. */
export function displayUsd(pico: Pico | null): string {
  if (pico === null) return "unpriced";
  const absolute = pico < 0n ? -pico : pico;
  if (absolute === 0n) return "$0.00";
  const sign = pico < 0n ? "-" : "";
  const cents = divideHalfEven(absolute, PICO_PER_USD / 100n);
  if (cents === 0n) return `${sign}<$0.01`;
  const dollars = (cents / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}$${dollars}.${(cents % 100n).toString().padStart(2, "0")}`;
}

/** Integer division rounded half to even, the rounding of every meter line. The divisor is positive. */
export function divideHalfEven(value: bigint, divisor: bigint): bigint {
  let quotient = value / divisor;
  let rest = value % divisor;
  if (rest < 0n) {
    rest += divisor;
    quotient -= 1n;
  }
  const twice = rest * 2n;
  const roundUp = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  return roundUp ? quotient + 1n : quotient;
}

/** The amount in USD as a double: for ratios, thresholds and pixels only, never for sums or answers. */
export function usdNumber(pico: Pico): number {
  return Number(pico) / 1e12;
}
