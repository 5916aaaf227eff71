import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CompiledRule, createProgram } from "#core/pipeline/program.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { replay } from "#services/replay/replay.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { demoLines } from "./demo-lines.ts";
import { print, rateSince, ratios, spread } from "./figures.ts";
import { runEngine } from "./rules/json-rules-engine.ts";
import { readEvents } from "./read-events.ts";
import { compileSimple, mixedRules } from "./rules/rule-files.ts";
import { simpleRules } from "./rules/simple-rules.ts";

/**
 * What rules cost. A replay with 3, 20 and 100 simple rules against json-rules-engine on the same parsed
 * events, answers compared; and a replay with 10 and with 400 rules of mixed kinds. The replay does all
 * else it does (check, owner, price, de-duplication, rollups), json-rules-engine only its rules.
 *
 * usage: npm run bench:rules [-- FILE]
 */
const ROUNDS = 5;
const EVENTS = 20_000;
/** As many more for what needs no slow peer. */
const MORE = 100_000;

const site = await loadSite(NO_SITE_FILES);
const scratch = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
try {
  const lines = (process.argv[2] ? readFileSync(process.argv[2], "utf8").split("\n") : demo())
    .filter((line) => line !== "")
    .slice(0, MORE);
  const models = [...new Set(lines.map(modelOf))].filter((model) => model !== "");
  const few = write("few.ndjson", lines.slice(0, EVENTS));
  await againstEngine(few, lines.slice(0, EVENTS), models);
  await tenToFourHundred(write("more.ndjson", lines), models);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function againstEngine(
  file: string,
  lines: readonly string[],
  models: readonly string[],
): Promise<void> {
  for (const count of [3, 20, 100]) {
    const rules = simpleRules(count, models);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const held = new Map<string, number>();
      const program = counting(
        compileSimple(rules),
        held,
        rules.map(({ id }) => id),
      );
      const replaying = performance.now();
      await run(program, file);
      const replayed = rateSince(replaying, lines.length);
      const running = performance.now();
      const answers = await runEngine(rules, lines);
      const ran = rateSince(running, lines.length);
      compare(held, answers);
      if (round === 0) continue; // warm-up
      ours.push(replayed);
      theirs.push(ran);
    }
    print(`${count} simple rules, replay ÷ json-rules-engine`, spread(ratios(ours, theirs), 1));
  }
}

async function tenToFourHundred(file: string, models: readonly string[]): Promise<void> {
  const few = mixedRules(10, models);
  const many = mixedRules(400, models);
  const rates: Record<"few" | "many", number[]> = { few: [], many: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, rules] of [
      ["few", few],
      ["many", many],
    ] as const) {
      const started = performance.now();
      const events = await run(rules, file);
      if (round > 0) rates[name].push(rateSince(started, events)); // the first is the warm-up
    }
  }
  print("400 rules of mixed kinds ÷ 10", spread(ratios(rates.many, rates.few), 2));
}

/** Events replayed under these rules and no others. */
async function run(rules: readonly CompiledRule[], file: string): Promise<number> {
  const { events } = await replay(createProgram(rules, DEFAULT_IMPACT), readEvents(file, site));
  return events;
}

/** The rules, counting how often each selects an event. */
function counting(
  rules: readonly CompiledRule[],
  held: Map<string, number>,
  names: readonly string[],
): CompiledRule[] {
  const nameOf = new Map(names.map((name, i) => [`usage-anomaly.bench-${i}`, name]));
  return rules.map((compiled) => {
    const { detector, rule } = compiled;
    const name = nameOf.get(rule.id)!;
    return {
      ...compiled,
      detector: {
        ...detector,
        step(...given) {
          held.set(name, (held.get(name) ?? 0) + 1);
          return detector.step(...given);
        },
      },
    };
  });
}

function compare(ours: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>): void {
  const total = [...ours.values()].reduce((sum, count) => sum + count, 0);
  const same = ours.size === theirs.size && [...ours].every(([id, n]) => theirs.get(id) === n);
  if (same && total > 0) return;
  throw new Error(`the answers differ, or nothing held: ${total} times in ${ours.size} rules`);
}

function modelOf(line: string): string {
  return (JSON.parse(line) as { model?: { requested?: string } }).model?.requested ?? "";
}

function demo(): string[] {
  return [...demoLines(2)].flat();
}

function write(name: string, lines: readonly string[]): string {
  const file = join(scratch, name);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
