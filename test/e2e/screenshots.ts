import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { Finding } from "#core/finding/finding.ts";
import { launchChromium } from "#test/support/chromium.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import { until } from "#test/support/until.ts";

/** `npm run screenshots`: pictures of the console over the demo, in both themes, for the README. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, "docs/screenshots");
const SIZE = { width: 1_440, height: 960 };
const HOUR = 3_600_000;

const dir = makeScratch();
const demo = spawn(process.execPath, ["bin/meterhound.js", "demo", "--data-dir", dir], {
  cwd: ROOT,
  stdio: ["ignore", "pipe", "inherit"],
});
let printed = "";
demo.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
const browser = await launchChromium();
try {
  const address = await until(
    "the demo to print the console's address",
    () => /^ +Console +(\S+?)\/?$/m.exec(printed)?.[1],
    180_000,
  );
  mkdirSync(FOLDER, { recursive: true });
  const stolen = await findingOf(address, "llmjacking");
  const runaway = await findingOf(address, "runaway-agent&identity=repo-migrator");
  const pages: Record<string, { path: string; ready: (page: Page) => Promise<void> }> = {
    queue: { path: "/", ready: (page) => page.locator(".row.cursor").waitFor() },
    finding: {
      path: `/findings/${stolen.id}`,
      ready: (page) => page.getByRole("img", { name: /dearest hour/ }).waitFor(),
    },
    timeline: {
      path: `/timeline?${windowOn(stolen).toString()}`,
      ready: (page) => page.getByRole("region", { name: /^Window/ }).waitFor(),
    },
    flow: {
      path: `/flows/${runaway.subject.flow}?tenant=${runaway.tenant}`,
      ready: (page) => page.getByRole("treegrid").waitFor(),
    },
  };
  for (const colorScheme of ["dark", "light"] as const) {
    for (const [name, { path, ready }] of Object.entries(pages)) {
      const page = await browser.newPage({ viewport: SIZE, colorScheme });
      await page.goto(address + path);
      await ready(page);
      await page.getByRole("button", { name: "Live" }).waitFor();
      await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) });
      await page.close();
    }
  }
} finally {
  await browser.close();
  demo.kill("SIGTERM");
  await new Promise((resolve) => demo.once("exit", resolve));
  removeScratch(dir);
}

async function findingOf(address: string, family: string): Promise<Finding> {
  const answer = await fetch(`${address}/api/v1/findings?sort=risk&family=${family}`);
  return ((await answer.json()) as { items: Finding[] }).items[0]!;
}

/** A day before a finding and a day and a half from it on, on its identity, with the hours of the theft marked. */
function windowOn({ subject, tenant, first_seen }: Finding): URLSearchParams {
  const iso = (at: number): string => new Date(at).toISOString();
  const begin = Date.parse(first_seen);
  const hour = Math.floor(begin / HOUR) * HOUR;
  return new URLSearchParams({
    from: iso(hour - 24 * HOUR),
    to: iso(hour + 38 * HOUR),
    identity: subject.identity!,
    tenant,
    window: `${first_seen}_${iso(hour + 29 * HOUR)}`,
  });
}
