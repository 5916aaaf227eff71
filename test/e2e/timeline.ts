import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { formatTime, HOUR } from "#core/time.ts";
import type { TimelineReport } from "#core/timeline/report.ts";
import { START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";
import { type Stage, textOf } from "./stage.ts";
import { LOOP_AT } from "./story.ts";

const RANGE = `from=${formatTime(START)}&to=${formatTime(START + 48 * HOUR)}`;

/** Spend over time, and a window set against the rest. */
export function describeTimeline(stage: () => Stage): void {
  describe("a responder", () => {
    it("sees spend by model, identity, credential and team with the findings on it", async () => {
      const page = await stage().open(`/timeline?${RANGE}`);
      await page.getByRole("img", { name: /for 249 calls/ }).waitFor();
      await page.getByRole("link", { name: /high finding: svc-chat is in a loop/ }).waitFor();
      for (const [split, value] of [
        ["model", "claude-haiku-4-5"],
        ["identity", "agent-research"],
        ["credential", "fp-search"],
        ["team", "assist"],
      ] as const) {
        await page.getByLabel("Split by").selectOption(split);
        await page.getByRole("link", { name: value, exact: true }).waitFor();
      }
      await page.context().close();
    });

    it("narrows it to one identity, and back", async () => {
      const page = await stage().open(`/timeline?${RANGE}&by=identity`);
      await page.getByRole("link", { name: "svc-search", exact: true }).click();
      await page.getByRole("img", { name: /for 4 calls/ }).waitFor();
      await page.getByRole("button", { name: "identity: svc-search" }).click();
      await page.getByRole("img", { name: /for 249 calls/ }).waitFor();
      await page.getByRole("combobox", { name: "Identity" }).fill("agent-research");
      await page.keyboard.press("Enter");
      await page.getByRole("img", { name: /for 61 calls/ }).waitFor();
      await page.context().close();
    });

    it("drags over the chart to look closer, and zooms out again", async () => {
      const page = await stage().open(`/timeline?${RANGE}`);
      await drag(page, 0.5, 0.75);
      await until("a shorter stretch", () => lengthOf(page) < 14 * HOUR);
      expect(lengthOf(page)).toBeGreaterThan(11 * HOUR);
      await page.getByRole("button", { name: "Zoom out" }).click();
      await until("a longer stretch", () => lengthOf(page) > 22 * HOUR);
      await page.context().close();
    });

    it("marks a window and reads before, inside, after and the excess of the API", async () => {
      const page = await stage().open(`/timeline?${RANGE}&identity=svc-chat&tenant=acme`);
      await page.getByText("Mark a window", { exact: true }).click();
      await drag(page, 0.62, 0.65);
      const split = page.getByRole("region", { name: /^Window/ });
      await split.waitFor();
      const [from, to] = new URL(page.url()).searchParams.get("window")!.split("_");
      const bounds = `window_from=${minute(from!, Math.floor)}&window_to=${minute(to!, Math.ceil)}`;
      const { json } = await stage().running.call(
        "GET",
        `/api/v1/timeline?${RANGE}&identity=svc-chat&tenant=acme&by=model&${bounds}`,
      );
      const { window } = json as unknown as TimelineReport;
      expect(window!.inside.total.calls).toBeGreaterThan(39);
      await split.getByText(window!.inside.total.calls.toLocaleString("en")).first().waitFor();
      const text = await textOf(split);
      expect(text).toContain(`$${window!.excess}`);
      expect(text).toContain(`$${window!.inside.total.cost}`);
      for (const word of ["Before", "Inside", "After", "Cost by model"]) {
        expect(text).toContain(word);
      }
      await page.context().close();
    });

    it("moves an end of the window with the arrow keys", async () => {
      const page = await stage().open(`/timeline?${RANGE}`);
      await page
        .getByRole("button", { name: /Mark the time of: svc-chat is in a loop/ })
        .first()
        .click();
      const end = page.getByRole("slider", { name: "End of the window" });
      const before = await end.getAttribute("aria-valuenow");
      await end.focus();
      await page.keyboard.press("ArrowRight");
      await until("another end", async () => (await end.getAttribute("aria-valuenow")) !== before);
      await page.context().close();
    });

    it("comes from a finding to its time, marked", async () => {
      const finding = await stage().finding("prompt-loop", "svc-chat");
      const page = await stage().open(`/findings/${finding.id}`);
      await page.getByRole("link", { name: "Timeline of svc-chat" }).click();
      const window = page.getByRole("region", { name: /^Window/ });
      expect(await textOf(window)).toContain(`$${(await inTimeOf(stage(), LOOP_AT)).excess}`);
      await page.context().close();
    });
  });

  describe("a flow", () => {
    it("shows what each call cost and what all below it did", async () => {
      const finding = await stage().finding("fan-out-spike", "agent-research");
      const page = await stage().open(`/findings/${finding.id}`);
      await page.getByRole("link", { name: "Call tree", exact: true }).click();
      const tree = page.getByRole("treegrid", { name: "Call tree" });
      const root = tree.getByRole("row", { name: /lead/ });
      expect(await textOf(root)).toMatch(/\$0\.50 \$15\.50/);
      expect(await root.getAttribute("aria-expanded")).toBe("true");
      await root.focus();
      await page.keyboard.press("ArrowLeft");
      await until("a closed root", async () => (await tree.getByRole("row").count()) === 2);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowDown");
      await until("a child in focus", async () =>
        (await textOf(page.locator("tr:focus"))).includes("helper"),
      );
      await page.context().close();
    });

    it("is a flat list where calls only share a session", async () => {
      const { id } = await stage().finding("prompt-loop", "svc-chat");
      const page = await stage().open(`/findings/${id}`);
      await page.getByRole("link", { name: "Call tree", exact: true }).click();
      await page.getByText("no edge is invented").waitFor();
      const calls = page.getByRole("table", { name: "Calls" });
      expect(await textOf(calls)).toContain("$4.93824");
      expect(await page.getByRole("treegrid").count()).toBe(0);
      await page.context().close();
    });
  });
}

/** Drags from one share of the chart's width to another. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const plot = page.locator(".u-over");
  await plot.waitFor();
  const box = (await plot.boundingBox())!;
  const y = box.y + box.height * 0.8;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 4 });
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

function lengthOf(page: Page): number {
  const { searchParams } = new URL(page.url());
  return Date.parse(searchParams.get("to")!) - Date.parse(searchParams.get("from")!);
}

function minute(time: string, round: (value: number) => number): string {
  return formatTime(round(Date.parse(time) / 60_000) * 60_000);
}

async function inTimeOf({ running, finding }: Stage, at: number) {
  const { last_seen } = await finding("prompt-loop", "svc-chat");
  const from = formatTime(at);
  const to = formatTime((Math.floor(Date.parse(last_seen) / 60_000) + 1) * 60_000);
  const range = `from=${formatTime(at - 24 * HOUR)}&to=${formatTime(at + 25 * HOUR)}`;
  const { json } = await running.call(
    "GET",
    `/api/v1/timeline?${range}&identity=svc-chat&tenant=acme&window_from=${from}&window_to=${to}`,
  );
  return (json as unknown as TimelineReport).window!;
}
