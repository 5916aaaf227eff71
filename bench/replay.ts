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
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { demoLines } from "./demo-lines.ts";
import { median, print, rateSince, ratios, spread } from "./figures.ts";
import { parseLines } from "./floor.ts";
import { readEvents } from "./read-events.ts";

/**
 * Throughput of `replay` as a ratio to the floor: a loop that splits the same plain file into lines
 * and runs JSON.parse on each, in the same process, the two in turn. Medians over the rounds.
 *
 * usage: npm run bench [-- FILE]
 */
const ROUNDS = 5;
const FORTNIGHTS = 8;

const scratch = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
try {
  const file = process.argv[2] ?? writeEvents(join(scratch, "events.ndjson"));
  await run(file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function run(file: string): Promise<void> {
  const site = await loadSite(NO_SITE_FILES);
  const program = createProgram(loadRules(), DEFAULT_IMPACT);
  const floors: number[] = [];
  const replays: number[] = [];
  let events = 0;
  let findings = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const parsing = performance.now();
    const floor = rateSince(parsing, parseLines(readFileSync(file)));
    const replaying = performance.now();
    const result = await replay(program, readEvents(file, site));
    const replayed = rateSince(replaying, result.events);
    events = result.events;
    findings = result.findings.length;
    if (round === 0) continue; // warm-up
    floors.push(floor);
    replays.push(replayed);
  }
  const size = statSync(file).size / events;
  print("replay ÷ floor", spread(ratios(replays, floors), 2));
  print("floor (split + JSON.parse), events/s", median(floors).toFixed(0));
  print("replay, everything on, events/s", median(replays).toFixed(0));
  print(
    `${events} events of ${size.toFixed(0)} bytes, ${findings} findings, ${ROUNDS} rounds after one warm-up`,
  );
}

function writeEvents(file: string): string {
  const out = openSync(file, "w");
  for (const lines of demoLines(FORTNIGHTS)) writeSync(out, `${lines.join("\n")}\n`);
  closeSync(out);
  return file;
}
