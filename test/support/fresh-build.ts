import { execFileSync } from "node:child_process";
import { projectFile } from "#services/project-file.ts";

/** Builds console and program before the tests where their sources are newer than what was built. */
export function setup(): void {
  execFileSync(process.execPath, [projectFile("bin/build.js"), "--stale"], { stdio: "inherit" });
}
