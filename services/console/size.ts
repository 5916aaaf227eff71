import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";

/** Prints what the console weighs over the wire, and exits 1 where scripts and styles are over the budget. */
const FOLDER = new URL("../../dist/console/assets/", import.meta.url);
const BUDGET_KB = 120;
const COUNTED = [".js", ".css"];

let sum = 0;
for (const name of readdirSync(FOLDER).toSorted()) {
  const kilobytes = gzipSync(readFileSync(new URL(name, FOLDER))).length / 1_000;
  if (COUNTED.includes(extname(name))) sum += kilobytes;
  process.stdout.write(`${kilobytes.toFixed(1).padStart(7)} kB  ${name}\n`);
}
process.stdout.write(
  `${sum.toFixed(1).padStart(7)} kB  scripts and styles, gzip; budget ${BUDGET_KB}\n`,
);
if (sum > BUDGET_KB) process.exitCode = 1;
