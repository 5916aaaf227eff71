import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUILT = join(ROOT, "dist/console/index.html");

/** Builds the console before the tests where its sources are newer than what was built. */
export async function setup(): Promise<void> {
  const newest = Math.max(
    ...["services/console", "core", "vite.config.ts"].flatMap((path) => timesOf(join(ROOT, path))),
  );
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs >= newest) return;
  await build({ configFile: join(ROOT, "vite.config.ts"), logLevel: "warn" });
}

function timesOf(path: string): number[] {
  if (!statSync(path).isDirectory()) return [statSync(path).mtimeMs];
  return readdirSync(path, { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(path, name)).mtimeMs,
  );
}
