import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own, away from everything. Whoever makes it removes it. */
export function makeScratch(): string {
  return mkdtempSync(join(tmpdir(), "meterhound-test-"));
}

export function removeScratch(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
}

/** A folder that lives as long as the running test. */
export function scratchDir(): string {
  const dir = makeScratch();
  onTestFinished(() => removeScratch(dir));
  return dir;
}
