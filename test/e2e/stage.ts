import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { launchChromium } from "#test/support/chromium.ts";
import type { TestService } from "#test/support/service.ts";
import { ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";
import { story } from "./story.ts";

/** A running service with something wrong in it, and a browser to look at it. */
export interface Stage {
  running: TestService;
  /** Opens a page of the console in a window of its own. */
  open(path: string, options?: PageOptions): Promise<Page>;
  /** Findings as the API lists them for a query. */
  findings(query: string): Promise<Finding[]>;
  /** The finding of a rule's family on an identity, as the API has it. */
  finding(family: string, identity: string): Promise<Finding>;
  /** Sends more events and waits until detection has folded them. */
  send(events: readonly object[]): Promise<void>;
}

export interface PageOptions {
  theme?: "dark" | "light";
  /** Where the browser finds the service, when not at its address. */
  through?: string;
}

/** Sets a service up for the suites of one file. What a page says against itself (errors, refused by the policy) fails the file. */
export function setStage(start: () => Promise<TestService>, token?: string): () => Stage {
  let stage: Stage;
  let browser: Browser;
  let sent = 0;
  const complaints: string[] = [];

  beforeAll(async () => {
    const running = await start();
    browser = await launchChromium();
    const options = token === undefined ? {} : { token };
    const send: Stage["send"] = async (events) => {
      const { json } = await running.send(ndjson(events), options);
      expect(json["accepted"]).toBe(events.length);
      sent += events.length;
      await running.folded(sent);
    };
    const findings: Stage["findings"] = async (query) => {
      const { json } = await running.call("GET", `/api/v1/findings?${query}`, options);
      return json["items"] as Finding[];
    };
    stage = {
      running,
      send,
      findings,
      async open(path, { theme = "dark", through = running.service.address } = {}) {
        const context = await browser.newContext({
          viewport: { width: 1_440, height: 900 },
          colorScheme: theme,
        });
        const page = await context.newPage();
        page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
        page.on("console", (message) => {
          // A refused request is told by the page itself.
          if (message.type() !== "error" || message.text().startsWith("Failed to load")) return;
          complaints.push(`${path}: ${message.text()}`);
        });
        await page.goto(through + path);
        return page;
      },
      finding: (family, identity) =>
        until(
          `a ${family} finding on ${identity}`,
          async () => (await findings(`family=${family}&identity=${identity}`))[0],
        ),
    };
    const events = story();
    await send(events);
    await until("the findings", () => running.service.findings.all().length >= 4);
    await until("the series", async () => {
      const range = "from=2026-10-01T00:00:00Z&to=2026-10-20T00:00:00Z&step=1d";
      const { json } = await running.call("GET", `/api/v1/timeline?${range}`, options);
      const series = json["series"] as { total: { calls: number } }[];
      return series.reduce((sum, { total }) => sum + total.calls, 0) === events.length;
    });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await stage.running.stop();
    expect(complaints).toEqual([]);
  });
  return () => stage;
}

/** Waits until it is to be seen, and answers its text. */
export async function textOf(locator: Locator): Promise<string> {
  await locator.waitFor();
  return (await locator.innerText()).replaceAll(/\s+/g, " ").trim();
}

/** Waits until a locator finds as many. */
export async function hasCount(locator: Locator, count: number): Promise<void> {
  await until(`${count} of ${String(locator)}`, async () => (await locator.count()) === count);
}
