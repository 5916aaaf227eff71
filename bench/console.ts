import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchChromium } from "#test/support/chromium.ts";
import { fillFindings } from "./api/findings.ts";
import { startChild } from "./child.ts";
import { median, print, quantile } from "./figures.ts";
import type { ServiceTask } from "./ingest/service.ts";

/**
 * How fast the console answers keys: 200 scripted presses over a queue of 50,000 findings, in a real
 * Chromium. The handlers' time holds all listeners and the drawing they cause. Fails where its 95th
 * percentile is over 50 ms, or where the wrong number of presses was heard.
 *
 * usage: npm run console && npm run bench:console
 */
const FINDINGS = 50_000;
const LIMIT_MS = 50;
/** Moving, selecting, and a look into a finding and back. */
const WALK = ["j", "j", "j", "x", "j", "J", "k", "j", "j", "j", "j", "K", "x", "j", "j", "j"];
const LOOK = ["Enter", "]", "[", "Escape"];
const ROUND = [...WALK, ...LOOK];
const PRESSES = Array.from({ length: 10 }, () => ROUND).flat();

/** Times of each press, from the first listener to the last one and to the next frame. */
const LISTEN = `
  window.presses = [];
  let begun = 0;
  addEventListener("keydown", () => (begun = performance.now()), true);
  addEventListener("load", () => setTimeout(() => addEventListener("keydown", ({ key }) => {
    const press = { key, handler: performance.now() - begun, frame: null };
    const start = begun;
    window.presses.push(press);
    requestAnimationFrame(() => setTimeout(() => (press.frame = performance.now() - start)));
  })));
`;

interface Press {
  key: string;
  handler: number;
  frame: number;
}

const dir = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
const browser = await launchChromium();
try {
  await fillFindings(dir, FINDINGS);
  const task: ServiceTask = { dir, roles: ["api"] };
  const service = startChild<string>(new URL("ingest/service.ts", import.meta.url), task);
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  await page.addInitScript(LISTEN);
  await page.goto(await service.next());
  await page.locator(".row.cursor").waitFor();
  const presses = await pressAll(page);
  report(presses);
  await service.end();
} finally {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
}

async function pressAll(page: Page): Promise<Press[]> {
  for (const key of PRESSES) {
    await page.keyboard.press(key);
    if (LOOK.includes(key)) await page.locator(key === "Escape" ? ".row.cursor" : "h1").waitFor();
    await page.waitForTimeout(30);
  }
  return page.evaluate<Press[]>("presses");
}

function report(presses: readonly Press[]): void {
  if (presses.length !== PRESSES.length) throw new Error(`${presses.length} presses were heard`);
  print(`${presses.length} presses, ${FINDINGS.toLocaleString("en")} findings`);
  const names = [...new Set(presses.map(({ key }) => key))];
  for (const key of names) {
    const times = presses.filter((press) => press.key === key).map(({ handler }) => handler);
    print(`  ${key}, handler, median ms`, median(times).toFixed(1));
  }
  for (const what of ["handler", "frame"] as const) {
    const times = presses.map((press) => press[what]);
    const figures = [0.5, 0.95, 1].map((share) => quantile(times, share).toFixed(1));
    print(`${what}, median, p95, most, ms`, figures.join("  "));
  }
  const handlers = presses.map(({ handler }) => handler);
  if (quantile(handlers, 0.95) > LIMIT_MS) process.exitCode = 1;
}
