import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { startWire } from "#test/support/wire.ts";
import { hasCount, type Stage, textOf } from "./stage.ts";
import { another } from "./story.ts";

/** What streams in while somebody works. */
export function describeLive(stage: () => Stage): void {
  describe("the live queue", () => {
    it("lets new findings wait, and keeps the cursor on its finding when they are shown", async () => {
      const page = await stage().open("/?sort=newest");
      const rows = page.getByRole("table", { name: "Findings" }).getByRole("link");
      await rows.nth(1).waitFor();
      const before = await rows.count();
      await page.keyboard.press("j");
      const chosen = await textOf(page.locator(".row.cursor").getByRole("link"));
      await stage().send(another("later", 40));
      const waiting = page.getByRole("button", { name: "1 new" });
      await waiting.waitFor();
      expect(await rows.count()).toBe(before);
      await waiting.click();
      await hasCount(rows, before + 1);
      expect(await textOf(page.locator(".row.cursor").getByRole("link"))).toBe(chosen);
      await page.context().close();
    });

    it("shows the first finding of an empty list at once", async () => {
      const page = await stage().open("/?q=session-first");
      await page.getByText("No finding passes the filter.").waitFor();
      const events = another("first", 45).map((event) => ({
        ...event,
        identity: { ...event.identity, id: "svc-session-first" },
      }));
      await stage().send(events);
      await page.getByRole("link", { name: /svc-session-first is in a loop/ }).waitFor();
      await page.context().close();
    });

    it("puts new findings in their places where nobody works on the list", async () => {
      const page = await stage().open("/?sort=newest&q=svc-chat");
      const rows = page.getByRole("table", { name: "Findings" }).getByRole("link");
      await rows.nth(1).waitFor();
      const before = await rows.count();
      await stage().send(another("on-the-wall", 46));
      await hasCount(rows, before + 1);
      await page.context().close();
    });

    it("holds still while it is paused", async () => {
      const page = await workingOn(stage());
      await page.getByRole("button", { name: "Live" }).click();
      await page.getByRole("button", { name: "Paused" }).waitFor();
      await stage().send(another("unseen", 50));
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await page.getByRole("button", { name: "1 new" }).count()).toBe(0);
      await page.getByRole("button", { name: "Paused" }).click();
      await page.getByRole("button", { name: "1 new" }).waitFor();
      await page.context().close();
    });

    it("goes on behind the last entry after the connection was lost", async () => {
      const wire = await startWire(stage().running.service.address);
      onTestFinished(wire.close);
      const page = await workingOn(stage(), wire.url);
      await page.getByRole("button", { name: "Live" }).waitFor();
      wire.cut();
      await page.getByRole("button", { name: "Connection lost" }).waitFor();
      await stage().send(another("missed", 60));
      wire.mend();
      await page.getByRole("button", { name: "1 new" }).waitFor();
      await page.getByRole("button", { name: "Live" }).waitFor();
      await page.context().close();
    });

    it("says new findings politely, all of a burst at once", async () => {
      const page = await stage().open("/");
      await page.getByRole("button", { name: "Live" }).waitFor();
      await stage().send([...another("burst-1", 70), ...another("burst-2", 71)]);
      await page.getByText("2 new findings").waitFor();
      await page.context().close();
    });
  });
}

/** A queue with somebody's hand on it. */
async function workingOn({ open }: Stage, through?: string): Promise<Page> {
  const page = await open("/", through === undefined ? {} : { through });
  await page.locator(".row.cursor").waitFor();
  await page.keyboard.press("j");
  return page;
}
