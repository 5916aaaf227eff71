import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const HOW_TO_GET = "set CHROMIUM to one, or install chromium so that it is on the PATH";

/** The browser to test with: the one CHROMIUM names, else one on the PATH; null where there is none. */
function findChromium(): string | null {
  const named = process.env["CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const files = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return files.find(isExecutable) ?? null;
}

/** Starts the browser. Throws where there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(`no Chromium: ${HOW_TO_GET}`);
  // Root, as in containers, gets no sandbox; the pages are our own.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Runs a suite in a real browser; skips it by name where there is none, or fails with REQUIRE_SERVERS=1. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (findChromium() !== null || process.env["REQUIRE_SERVERS"] === "1") {
    // oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback -- both are the caller's
    describe(name, suite);
    return;
  }
  const note = `SKIPPED ${name}: no Chromium: ${HOW_TO_GET}; console NOT verified`;
  console.warn(note);
  // oxlint-disable-next-line vitest/expect-expect -- it stands for the suite that did not run
  it(`${name} in a browser`, (test) => test.skip(note));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
