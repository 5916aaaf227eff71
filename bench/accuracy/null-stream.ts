import type { Program } from "#core/pipeline/program.ts";
import { createRandom } from "#services/demo/random.ts";
import { print } from "../figures.ts";
import { findingsIn } from "./findings.ts";
import { type Call, callsOf, CLASSES, ordinaryHours } from "./traffic.ts";

export const NULL_SEED = 1;
export const NULL_DAYS = 90;

/** False findings of ordinary identities, by class: nothing at all happens in this stream. */
export function runNullStream(program: Program, identities: number): void {
  print(`null stream: ${identities} identities, ${NULL_DAYS} days, seed ${NULL_SEED}`);
  let events = 0;
  let allDays = 0;
  let allFindings = 0;
  for (const activity of CLASSES) {
    const found = new Map<string, number>();
    let days = 0;
    let high = 0;
    for (let i = 0; i < identities / CLASSES.length; i++) {
      const name = `${activity}-${i}`;
      const hours = ordinaryHours(createRandom(NULL_SEED, name), activity, NULL_DAYS);
      days += activeDays(hours);
      events += hours.reduce((sum, calls) => sum + calls, 0);
      for (const { family, severity } of findingsIn(program, streamOf(name, hours))) {
        found.set(family, (found.get(family) ?? 0) + 1);
        if (severity === "high" || severity === "critical") high += 1;
      }
    }
    const findings = [...found.values()].reduce((sum, count) => sum + count, 0);
    allDays += days;
    allFindings += findings;
    const families = [...found].map(([family, count]) => `${family} ${count}`).join(", ");
    print(`  ${activity}`, `${rate(findings, days)}, high ${rate(high, days)} (${families})`);
  }
  print("  all", `${rate(allFindings, allDays)} of ${allDays} identity-days, ${events} calls`);
}

function* streamOf(name: string, hours: readonly number[]): Generator<Call[]> {
  const random = createRandom(NULL_SEED, `${name}-calls`);
  for (const [hour, count] of hours.entries()) yield callsOf(random, name, hour, count);
}

export function activeDays(hours: readonly number[]): number {
  return new Set(hours.flatMap((calls, hour) => (calls > 0 ? [Math.floor(hour / 24)] : []))).size;
}

function rate(findings: number, days: number): string {
  return `${(findings / Math.max(1, days)).toFixed(4)} an identity-day`;
}
