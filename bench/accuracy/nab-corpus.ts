import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A series of the benchmark with its anomaly windows as first and last row. */
export interface Series {
  group: string;
  name: string;
  /** Unix seconds, the benchmark's local times read as UTC. */
  times: number[];
  values: number[];
  windows: [first: number, last: number][];
}

/** Reads the benchmark's directory: `data/<group>/<name>.csv` and `labels/combined_windows.json`. */
export function readCorpus(directory: string): Series[] {
  const labels = JSON.parse(
    readFileSync(join(directory, "labels", "combined_windows.json"), "utf8"),
  ) as Record<string, [string, string][]>;
  const groups = readdirSync(join(directory, "data"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  return groups.flatMap((group) =>
    readdirSync(join(directory, "data", group))
      .filter((name) => name.endsWith(".csv"))
      .toSorted()
      .map((name) => readSeries(directory, group, name, labels[`${group}/${name}`] ?? [])),
  );
}

function readSeries(
  directory: string,
  group: string,
  name: string,
  labels: readonly [string, string][],
): Series {
  const [, ...lines] = readFileSync(join(directory, "data", group, name), "utf8")
    .trim()
    .split(/\r?\n/);
  const rows = lines.map((line) => line.split(","));
  const times = rows.map(([time]) => secondsOf(time!));
  const values = rows.map(([, value]) => Number(value));
  const windows = labels.map(([from, to]): [number, number] => [
    times.findIndex((time) => time >= secondsOf(from)),
    times.findLastIndex((time) => time <= secondsOf(to)),
  ]);
  return { group, name, times, values, windows };
}

/** `2014-04-01 00:00:00`, with or without parts of a second. */
function secondsOf(text: string): number {
  return Math.floor(Date.parse(`${text.slice(0, 19).replace(" ", "T")}Z`) / 1_000);
}
