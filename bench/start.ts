import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFile } from "#services/project-file.ts";
import { median, print, ratios, spread } from "./figures.ts";

/**
 * How long commands take to start, as ratios to `node -e 0` in the same run, whole processes in turn:
 * one that loads nothing, and one that loads the detect pipeline and every rule.
 *
 * usage: npm run build && npm run bench:start
 */
const ROUNDS = 11;

const scratch = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
try {
  const empty = join(scratch, "empty.ndjson");
  writeFileSync(empty, "\n");
  const program = projectFile("bin/meterhound.js");
  const calls = {
    node: ["-e", "0"],
    version: [program, "--version"],
    replay: [program, "replay", empty],
  };
  const rounds = Array.from({ length: ROUNDS + 1 }, () => ({
    node: millis(calls.node),
    version: millis(calls.version),
    replay: millis(calls.replay),
  })).slice(1); // the first one warms the page cache
  const bare = rounds.map(({ node }) => node);
  const of = (name: "version" | "replay"): number[] => rounds.map((round) => round[name]);
  print("meterhound --version ÷ node -e 0", spread(ratios(of("version"), bare), 1));
  print("replay of an empty file ÷ node -e 0", spread(ratios(of("replay"), bare), 1));
  print("node -e 0, ms", median(bare).toFixed(0));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function millis(args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - started;
}
