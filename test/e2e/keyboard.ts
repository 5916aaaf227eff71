import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { formatTime, HOUR } from "#core/time.ts";
import { START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";
import { type Stage, textOf } from "./stage.ts";

const RANGE = `from=${formatTime(START)}&to=${formatTime(START + 48 * HOUR)}`;

const WINDOW = `window=${formatTime(START + 30 * HOUR)}_${formatTime(START + 31 * HOUR)}`;

/** Notes what gets the focus. Of radio buttons and of rows of a tree one is in the order, arrow keys lead to the others. */
const WATCH_FOCUS = `
  const reached = new Set();
  addEventListener("focusin", ({ target }) => reached.add(target));
  window.pressable = () =>
    [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=slider], [data-node]")]
      .filter((one) => one.checkVisibility() && !one.disabled);
  const groupOf = (one) => one.closest("[role=treegrid]") ?? (one.type === "radio" ? one.name : one);
  window.unreached = () => {
    const groups = new Set([...reached].map(groupOf));
    return pressable().filter((one) => !groups.has(groupOf(one))).map((one) => one.outerHTML);
  };
`;

/** Everything an analyst does, without a mouse. */
export function describeKeyboard(stage: () => Stage): void {
  describe("the keyboard", () => {
    const focused = (page: Page) => page.locator(":focus");

    it("walks the queue, opens a finding, judges it and goes back to the same row", async () => {
      const page = await stage().open("/");
      const cursor = page.locator(".row.cursor").getByRole("link");
      await cursor.waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const title = await textOf(cursor);
      expect(await textOf(focused(page))).toBe(title);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: title }).waitFor();

      await page.keyboard.press("a");
      await page
        .getByRole("region", { name: "History" })
        .getByText("assigned it to local")
        .waitFor();
      await page.keyboard.press("d");
      await page.getByRole("dialog", { name: "Verdict" }).waitFor();
      await page.keyboard.press("u");
      expect(await focused(page).getAttribute("placeholder")).toContain("What you know");
      await page.keyboard.type("No idea yet.");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByText("No idea yet.").waitFor();
      await page.getByText("Undetermined", { exact: true }).waitFor();

      await page.keyboard.press("Escape");
      await page.getByRole("heading", { level: 1, name: "Queue" }).waitFor();
      await until("the same row", async () => (await textOf(cursor)) === title);
      await page.context().close();
    });

    it("sets a status from the queue, filters by /, and changes pages by g q and g t", async () => {
      const page = await stage().open("/");
      await page.locator(".row.cursor").waitFor();
      await page.keyboard.press("s");
      const dialog = page.getByRole("dialog", { name: "Status" });
      await dialog.waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });

      await page.keyboard.press("/");
      await page.keyboard.type("svc-search");
      await until("a filter", () => page.url().includes("q=svc-search"));
      await page.keyboard.press("Escape");
      await page.keyboard.press("g");
      await page.keyboard.press("t");
      await page.getByRole("heading", { level: 1, name: "Timeline" }).waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("q");
      await page.getByRole("heading", { level: 1, name: "Queue" }).waitFor();
      await page.context().close();
    });

    it("lists its keys by ?, and switches single keys off there", async () => {
      const page = await stage().open("/");
      await page.locator(".row.cursor").waitFor();
      await page.keyboard.press("?");
      const help = page.getByRole("dialog", { name: "Keyboard" });
      await help.getByText("assign to me").waitFor();
      await help.getByRole("checkbox", { name: "Single keys work" }).uncheck();
      await page.keyboard.press("Escape");
      await help.waitFor({ state: "detached" });
      await page.keyboard.press("g");
      await page.keyboard.press("t");
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(new URL(page.url()).pathname).toBe("/");
      await page.context().close();
    });

    it("marks a window of the timeline, moves its ends, switches scale and table, and clears it", async () => {
      const page = await stage().open(`/timeline?${RANGE}`);
      const press = async (name: string | RegExp): Promise<void> => {
        await page.getByRole("button", { name }).focus();
        await page.keyboard.press("Enter");
      };
      await press("mark the middle");
      await page.getByRole("region", { name: /^Window 5 Oct 23:00/ }).waitFor();
      await page.getByRole("slider", { name: "Begin of the window" }).focus();
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("region", { name: /^Window 5 Oct 22:45/ }).waitFor();
      await press("Log scale");
      await page.getByRole("button", { name: "Log scale", pressed: true }).waitFor();
      await press("Show as table");
      await page.getByRole("region", { name: "Figures of the chart" }).waitFor();
      await press("Clear the window");
      await page.getByRole("button", { name: "mark the middle" }).waitFor();
      await page.context().close();
    });

    it.each<[string, () => Promise<string>]>([
      ["queue", async () => "/?status=all"],
      ["finding", async () => `/findings/${(await stage().finding("prompt-loop", "svc-chat")).id}`],
      ["timeline", async () => `/timeline?${RANGE}&identity=svc-chat&tenant=acme&${WINDOW}`],
      ["flow", async () => "/flows/fanned?tenant=acme"],
    ])("reaches by Tab all that can be pressed on the %s", async (_, path) => {
      const page = await stage().open(await path());
      await page
        .getByRole("link", { name: /svc-chat|agent-research/ })
        .first()
        .waitFor();
      await page.evaluate(WATCH_FOCUS);
      const all = await page.evaluate<number>("pressable().length");
      expect(all).toBeGreaterThan(8);
      for (let i = 0; i < all + 5; i++) await page.keyboard.press("Tab");
      expect(await page.evaluate("unreached()")).toEqual([]);
      await page.context().close();
    });

    it("comes to the content first, past the head", async () => {
      const page = await stage().open("/");
      await page.locator(".row.cursor").waitFor();
      await page.keyboard.press("Tab");
      expect(await textOf(focused(page))).toBe("Skip to the content");
      await page.context().close();
    });
  });
}
