/** Money inside Meterhound: integer picodollars (10^-12 USD), so that sums never drift. */
export type Pico = bigint;

export const PICO_PER_USD = 1_000_000_000_000n;
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];
const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,12}))?$/;

/** Parses a decimal string in USD with at most twelve decimals; null where it is not one. */
export function parseUsd(text: string): Pico | null {
  return parseSmall(text) ?? parseAny(text);
}

/** What nearly every call costs, below 9,007 USD: one exact integer, read without a regular expression. */
function parseSmall(text: string): Pico | null {
  if (text.length > 15) return null;
  let digits = 0;
  let decimals = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46 /* . */ && i > 0 && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (code < 48 || code > 57) return null;
    digits = digits * 10 + code - 48;
    if (decimals >= 0) decimals += 1;
  }
  const scale = decimals < 0 ? 1e12 : POWERS[12 - decimals];
  if (scale === undefined || decimals === 0 || text === "") return null;
  const pico = digits * scale;
  return Number.isSafeInteger(pico) ? BigInt(pico) : null;
}

function parseAny(text: string): Pico | null {
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
  if (rest === 0n) return quotient;
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
