import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What `bin/build.js` builds: with which configuration, to which file, from which files and folders. */
export const CONSOLE = {
  config: pathOf("vite.config.ts"),
  built: pathOf("dist/console/index.html"),
  sources: ["services/console", "core", "vite.config.ts"].map(pathOf),
};

export const PROGRAM = {
  config: pathOf("vite.program.config.ts"),
  built: pathOf("dist/program/main.js"),
  sources: ["core", "detectors", "adapters", "services", "vite.program.config.ts"].map(pathOf),
};

/** What is built in; what the program reads as it runs, such as YAML, is not. */
const COMPILED = /\.(tsx?|css|html|svg)$/;

/** True where a target is built and none of its sources is newer. */
export function isCurrent({ built, sources }) {
  const time = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  return time !== undefined && !sources.some((path) => isNewer(path, time));
}

/** Sources may be missing: the container image has only what was built from them. */
function isNewer(path, time) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) {
    return readdirSync(path).some((name) => isNewer(join(path, name), time));
  }
  return found !== undefined && COMPILED.test(path) && found.mtimeMs > time;
}

function pathOf(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
