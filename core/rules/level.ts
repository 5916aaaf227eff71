import type { Facts } from "../detector.ts";
import { baselineSource } from "../finding/body.ts";
import { type Pico, usdNumber } from "../money.ts";
import type { Impact, Severity } from "../severity.ts";
import type { Level, When } from "./rule.ts";

/**
 * True where a level of a rule holds: for the signal's facts, and for the excess of the last hour over
 * a day. Usage without a price passes every impact but `serious`: it cannot be shown to be small.
 */
export function levelHolds(
  { when, impact: needed }: Level,
  facts: Facts,
  daily: Pico | null,
  impact: Impact,
): boolean {
  if (needed !== undefined) {
    const isLarge =
      daily === null ? needed !== "serious" : usdNumber(daily) >= impact[`${needed}_usd_day`];
    if (!isLarge) return false;
  }
  for (const name in when) if (!factHolds(facts[name], when[name]!)) return false;
  return true;
}

/** The worst that a signal may become: medium where its baseline is not the entity's own. */
export function severityCap(facts: Facts): Severity {
  const source = baselineSource(facts["baseline"]);
  return source === null || source === "own" ? "critical" : "medium";
}

function factHolds(fact: Facts[string] | undefined, wanted: When[string]): boolean {
  if (typeof wanted !== "object") return fact === wanted;
  if (typeof fact !== "number") return false;
  return (
    (wanted.gte === undefined || fact >= wanted.gte) &&
    (wanted.gt === undefined || fact > wanted.gt) &&
    (wanted.lte === undefined || fact <= wanted.lte) &&
    (wanted.lt === undefined || fact < wanted.lt)
  );
}
