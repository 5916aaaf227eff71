import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { until } from "#test/support/until.ts";
import { type Stage, textOf } from "./stage.ts";

const MANY = 10_000;

/** Times of frames while the list scrolls, in milliseconds, ascending. */
const SCROLL = `new Promise((done) => {
  const list = document.querySelector(".scroller");
  const times = [];
  let last = performance.now();
  requestAnimationFrame(function step(now) {
    times.push(now - last);
    last = now;
    list.scrollTop += 400;
    if (times.length < 200) requestAnimationFrame(step);
    else done(times.sort((a, b) => a - b));
  });
})`;

/** A queue far longer than a window: the API's answer is made up, the page is real. */
export function describeLongQueue(stage: () => Stage): void {
  describe("a queue of ten thousand", () => {
    const open = async (): Promise<Page> => {
      const { id } = await stage().finding("prompt-loop", "svc-chat");
      const page = await stage().open(`/findings/${id}`);
      const [finding] = await stage().findings("limit=1");
      const slim = { ...finding, explanation: "", runbook: "", facts: {}, history: [] };
      const items = Array.from({ length: MANY }, (_, i) => ({
        ...slim,
        id: `finding-${i}`,
        title: `Finding ${i}`,
      }));
      const body = JSON.stringify({ items, next: null });
      await page.route(/\/api\/v1\/findings\?/, (route) =>
        route.fulfill({ body, contentType: "application/json" }),
      );
      await page.getByRole("link", { name: "Queue", exact: true }).first().click();
      await page.getByRole("link", { name: "Finding 3", exact: true }).waitFor();
      return page;
    };
    const rows = (page: Page) => page.locator(".virtual > .row");

    it("draws the rows in sight, and scrolls to the end of them", async () => {
      const page = await open();
      expect(await rows(page).count()).toBeLessThan(60);
      const times = await page.evaluate<number[]>(SCROLL);
      console.log(`frame while scrolling: median ${times[100]!.toFixed(1)} ms`);
      expect(await rows(page).count()).toBeLessThan(60);
      await page.evaluate(`document.querySelector(".scroller").scrollTop = 1e9`);
      await page.getByRole("link", { name: `Finding ${MANY - 1}`, exact: true }).waitFor();
      await page.context().close();
    });

    it("keeps the cursor in sight, and says which of how many a row is", async () => {
      const page = await open();
      for (let i = 0; i < 40; i++) await page.keyboard.press("j");
      const cursor = page.locator(".row.cursor");
      await until("the cursor", async () => (await textOf(cursor)).includes("Finding 40"));
      expect(await cursor.getAttribute("aria-rowindex")).toBe("42");
      const box = (await cursor.boundingBox())!;
      expect(box.y + box.height).toBeLessThanOrEqual(900);
      await page.context().close();
    });
  });
}
