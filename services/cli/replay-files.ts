import { statSync } from "node:fs";
import { type CompiledRule, createProgram } from "#core/pipeline/program.ts";
import { createDigest } from "#core/privacy.ts";
import type { Settings } from "../config.ts";
import type { FormatChoice } from "../ingest/read-payload.ts";
import { readFiles } from "../replay/read-files.ts";
import { replay, type ReplayListeners, type ReplayResult } from "../replay/replay.ts";
import { loadSite } from "../site.ts";
import type { Io } from "./command.ts";
import { createProblemReport } from "./problem-report.ts";
import type { Progress } from "./progress.ts";

/**
 * The key of digests made while replaying a file without a data directory: nothing of them is stored,
 * and a fixed key makes two replays comparable. See docs/operations.md.
 */
const REPLAY_DIGEST_KEY = "meterhound replay";

export interface FileReplay {
  files: readonly string[];
  format: FormatChoice;
  progress: Progress;
}

/** Runs rules over files, and says on standard error which lines could not be read. Throws MH_FILE_UNREADABLE. */
export async function replayFiles(
  settings: Settings,
  rules: readonly CompiledRule[],
  { files, format, progress }: FileReplay,
  io: Io,
  listeners: ReplayListeners,
): Promise<ReplayResult> {
  const resolution = await loadSite(settings);
  const digest = createDigest(settings.digest_key ?? REPLAY_DIGEST_KEY);
  const problems = createProblemReport(io.stderr);
  const events = readFiles(files, {
    origin: { source: "file", tenants: null, digest },
    resolution,
    format,
    onProblem: problems.add,
    onBytes: progress.advance,
  });
  const result = await replay(createProgram(rules, settings.impact), events, listeners);
  progress.clear();
  problems.summarise();
  return result;
}

/** Bytes to read, or null where standard input is among the files. */
export function sizeOf(files: readonly string[]): number | null {
  let size = 0;
  for (const file of files) {
    const stat = file === "-" ? undefined : statSync(file, { throwIfNoEntry: false });
    if (!stat) return null;
    size += stat.size;
  }
  return size;
}
