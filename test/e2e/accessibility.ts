import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { formatTime, HOUR } from "#core/time.ts";
import { START } from "#test/support/traffic.ts";
import type { Stage } from "./stage.ts";

const RANGE = `from=${formatTime(START)}&to=${formatTime(START + 48 * HOUR)}`;
const WINDOW = `window=${formatTime(START + 30 * HOUR)}_${formatTime(START + 31 * HOUR)}`;

/** What axe finds wrong, serious or critical, on every page in both themes. */
export function describeAccessibility(stage: () => Stage): void {
  describe.each(["dark", "light"] as const)("the %s pages", (theme) => {
    it.each<[string, () => Promise<string>, (page: Page) => Promise<unknown>]>([
      ["queue", async () => "/?status=all", (page) => page.locator(".row.cursor").waitFor()],
      [
        "verdict dialog",
        async () => "/",
        async (page) => {
          await page.locator(".row.cursor").waitFor();
          await page.keyboard.press("d");
          await page.getByRole("dialog").waitFor();
        },
      ],
      [
        "queue with findings selected",
        async () => "/?status=all",
        async (page) => {
          await page.locator(".row.cursor").waitFor();
          await page.keyboard.press("x");
          await page.getByRole("toolbar").waitFor();
        },
      ],
      [
        "list of keys",
        async () => "/",
        async (page) => {
          await page.locator(".row.cursor").waitFor();
          await page.keyboard.press("?");
          await page.getByRole("dialog").waitFor();
        },
      ],
      [
        "finding",
        async () => `/findings/${(await stage().finding("prompt-loop", "svc-chat")).id}`,
        (page) => page.getByRole("img", { name: /dearest hour/ }).waitFor(),
      ],
      [
        "timeline",
        async () => `/timeline?${RANGE}&identity=svc-chat&tenant=acme&${WINDOW}`,
        (page) => page.getByRole("region", { name: /^Window/ }).waitFor(),
      ],
      [
        "flow",
        async () => "/flows/fanned?tenant=acme",
        (page) => page.getByRole("treegrid").waitFor(),
      ],
      [
        "queue that a filter leaves empty",
        async () => "/?q=nothing-is-called-so",
        (page) => page.getByText("No finding passes the filter.").waitFor(),
      ],
      [
        "page that is not there",
        async () => "/findings/nothing",
        (page) => page.getByRole("alert").waitFor(),
      ],
    ])("have no serious fault on the %s", async (_, path, ready) => {
      const page = await stage().open(await path(), { theme });
      await ready(page);
      expect(await page.getByRole("main").count()).toBe(1);
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      expect(await graveFaultsOf(page)).toEqual([]);
      await page.context().close();
    });
  });
}

/** The faults of a page that axe calls serious or critical, with their elements. */
export async function graveFaultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
}
