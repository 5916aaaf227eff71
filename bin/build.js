import { existsSync } from "node:fs";
import { CONSOLE, isCurrent, PROGRAM } from "./targets.js";

/**
 * Builds the console and the program, where what builds them is installed (not after `npm ci --omit=dev`).
 * With `--stale` only what is older than its sources.
 */
const isForced = !process.argv.includes("--stale");

if (existsSync(new URL("../node_modules/vite/package.json", import.meta.url))) {
  const { build } = await import("vite");
  for (const target of [CONSOLE, PROGRAM]) {
    if (isForced || !isCurrent(target))
      await build({ configFile: target.config, logLevel: "warn" });
  }
} else {
  process.stdout.write("Console and program are not built: vite is not installed.\n");
}
