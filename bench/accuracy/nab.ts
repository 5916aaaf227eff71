import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALARM, scoreNext, tellOnce } from "#core/baseline/metric-score/metric-score.ts";
import { createMetricScore } from "#core/baseline/metric-score/state.ts";
import { print } from "../figures.ts";
import { readCorpus, type Series } from "./nab-corpus.ts";
import {
  normalised,
  probationOf,
  type Profile,
  PROFILES,
  rawScores,
  type Scored,
  sweep,
} from "./nab-scoring.ts";

/**
 * Scores the Numenta Anomaly Benchmark with the product's metric score as shipped: its code, constants and
 * rests, no word of the corpus to it. Prints each profile at the best threshold of the corpus (as its board
 * does), at the shipped one, and with each group judged at the threshold that is best for the other six.
 *
 * @param path the benchmark's directory, or a `.tar.gz` with it as `nab/`
 */
export function runNab(path: string): void {
  const scratch = mkdtempSync(join(tmpdir(), "meterhound-nab-"));
  try {
    score(readCorpus(statSync(path).isDirectory() ? path : unpack(path, scratch)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function unpack(archive: string, into: string): string {
  const { status, stderr } = spawnSync("tar", ["-xzf", archive, "-C", into], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot unpack ${archive}: ${stderr}`);
  return join(into, "nab");
}

function score(corpus: readonly Series[]): void {
  const series = corpus.map(scored);
  const windows = series.reduce((sum, one) => sum + one.windows.length, 0);
  const rows = series.reduce((sum, one) => sum + one.scores.length, 0);
  print(`NAB: ${series.length} series, ${rows} rows, ${windows} windows`);
  print("profile", "best threshold | shipped | leave one group out (threshold)");
  for (const profile of Object.keys(PROFILES) as Profile[]) {
    const best = sweep(series, profile);
    const figures = [best.raw, rawAt(series, profile, ALARM), leaveOneOut(series, profile)];
    const [a, b, c] = figures.map((raw) => normalised(raw, windows, profile).toFixed(2));
    print(`  ${profile}`, `${a} (at ${best.threshold.toFixed(3)}) | ${b} (at ${ALARM}) | ${c}`);
  }
  print("  alarms a series-day at the shipped threshold", alarmsADay(corpus, series).toFixed(2));
}

function scored({ group, times, values, windows }: Series): Scored {
  const state = createMetricScore();
  const scores = values.map((value, i) => tellOnce(state, scoreNext(state, value, times[i]!)));
  return { group, scores, windows };
}

function rawAt(series: readonly Scored[], profile: Profile, threshold: number): number {
  return [...rawScores(series, profile, threshold).values()].reduce((sum, raw) => sum + raw, 0);
}

/** Sum of the raw scores of the groups, each at the threshold that the others would choose. */
function leaveOneOut(series: readonly Scored[], profile: Profile): number {
  const groups = [...new Set(series.map(({ group }) => group))];
  return groups.reduce((sum, group) => {
    const others = series.filter((one) => one.group !== group);
    const own = series.filter((one) => one.group === group);
    return sum + rawAt(own, profile, sweep(others, profile).threshold);
  }, 0);
}

function alarmsADay(corpus: readonly Series[], series: readonly Scored[]): number {
  let alarms = 0;
  let seconds = 0;
  for (const [i, { times }] of corpus.entries()) {
    const first = probationOf(times.length);
    seconds += times.at(-1)! - times[first]!;
    alarms += series[i]!.scores.slice(first).filter((one) => one >= ALARM).length;
  }
  return alarms / (seconds / 86_400);
}
