import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgram } from "#core/pipeline/program.ts";
import { createDigest } from "#core/privacy.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { DAY } from "#core/time.ts";
import { generateDemo } from "#services/demo/generate.ts";
import { readFiles } from "#services/replay/read-files.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";
import { loadSite } from "#services/site.ts";

/**
 * Throughput of `replay` as a ratio to the floor: a loop that splits the same plain file into lines
 * and runs JSON.parse on each, in the same process, the two in turn. Medians over the rounds.
 *
 * usage: npm run bench [-- FILE]
 */
const ROUNDS = 5;
const WEEKS = 8;
const NEWLINE = 10;

const scratch = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
try {
  const file = process.argv[2] ?? writeEvents(join(scratch, "events.ndjson"));
  await run(file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function run(file: string): Promise<void> {
  const site = await loadSite({ identities: [], ownership: [], prices: [] });
  const program = createProgram(loadRules(), DEFAULT_IMPACT);
  const floors: number[] = [];
  const replays: number[] = [];
  let events = 0;
  let findings = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const floor = rate(() => parseLines(file));
    const started = performance.now();
    const result = await replay(
      program,
      readFiles([file], {
        origin: { source: "file", tenants: null, digest: createDigest("bench") },
        resolution: site,
        onProblem: () => {},
        onBytes: () => {},
      }),
    );
    const replayed = (result.events / (performance.now() - started)) * 1_000;
    events = result.events;
    findings = result.findings.length;
    if (round === 0) continue; // warm-up
    floors.push(floor);
    replays.push(replayed);
  }
  const ratios = replays.map((value, i) => value / floors[i]!);
  const size = statSync(file).size / events;
  print(
    `${events} events of ${size.toFixed(0)} bytes, ${findings} findings, ${ROUNDS} rounds after one warm-up`,
  );
  print(`floor (split + JSON.parse)  ${median(floors).toFixed(0)} events/s`);
  print(`replay, everything on       ${median(replays).toFixed(0)} events/s`);
  print(
    `ratio                       ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  );
}

function parseLines(file: string): number {
  const buffer = readFileSync(file);
  let count = 0;
  let start = 0;
  while (start < buffer.length) {
    let end = buffer.indexOf(NEWLINE, start);
    if (end === -1) end = buffer.length;
    if (end > start) {
      JSON.parse(buffer.toString("utf8", start, end));
      count += 1;
    }
    start = end + 1;
  }
  return count;
}

function rate(work: () => number): number {
  const started = performance.now();
  const count = work();
  return (count / (performance.now() - started)) * 1_000;
}

/** Several demo fortnights, one after the other. */
function writeEvents(file: string): string {
  const out = openSync(file, "w");
  const start = Date.UTC(2026, 0, 20);
  for (let week = 0; week < WEEKS; week++) {
    let lines: string[] = [];
    for (const event of generateDemo({ seed: week + 1, until: start + week * 16 * DAY })) {
      lines.push(JSON.stringify(event));
      if (lines.length === 10_000) {
        writeSync(out, `${lines.join("\n")}\n`);
        lines = [];
      }
    }
    if (lines.length > 0) writeSync(out, `${lines.join("\n")}\n`);
  }
  closeSync(out);
  return file;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
