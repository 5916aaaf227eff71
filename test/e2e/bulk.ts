import { describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { until } from "#test/support/until.ts";
import { hasCount, type Stage, textOf } from "./stage.ts";

/** Several findings at once, and one after the other without going back. */
export function describeBulk(stage: () => Stage): void {
  describe("several findings at once", () => {
    const worst = async (): Promise<Finding[]> =>
      (await stage().findings("status=new,in_progress&sort=risk")).slice(0, 3);

    it("are selected by the keyboard, taken and judged in one go", async () => {
      const findings = await worst();
      const page = await stage().open("/");
      await page.locator(".row.cursor").waitFor();
      await page.keyboard.press("x");
      await page.keyboard.press("J");
      await page.keyboard.press("J");
      const bar = page.getByRole("toolbar", { name: "Selected findings" });
      expect(await textOf(bar)).toContain("3 selected");
      await page.keyboard.press("a");
      await page.getByText("Assigned to you: 3 findings").waitFor();
      await page.keyboard.press("d");
      const dialog = page.getByRole("dialog", { name: "Verdict" });
      await dialog.getByText("3 findings").waitFor();
      await page.keyboard.press("u");
      await page.keyboard.type("One night, one cause.");
      await page.getByRole("button", { name: "Save" }).click();
      await dialog.waitFor({ state: "detached" });
      for (const { id } of findings) {
        const { json } = await stage().running.call("GET", `/api/v1/findings/${id}`);
        expect(json).toMatchObject({ status: "in_progress", verdict: "undetermined" });
        const texts = (json["notes"] as { text: string }[]).map(({ text }) => text);
        expect(texts).toContain("One night, one cause.");
      }
      await page.keyboard.press("Escape");
      await bar.waitFor({ state: "detached" });
      await page.context().close();
    });

    it("are all saved but the one somebody else changed meanwhile, which is asked about again", async () => {
      const [first] = await worst();
      const page = await stage().open("/");
      await page.getByRole("checkbox", { name: "Select all that are shown" }).check();
      await page.getByRole("button", { name: "Live" }).click();
      await page.getByRole("button", { name: "Paused" }).waitFor();
      const { status } = await stage().running.call("PATCH", `/api/v1/findings/${first!.id}`, {
        headers: { "if-match": `"${first!.revision}"` },
        body: JSON.stringify({ verdict: "true_positive" }),
      });
      expect(status).toBe(200);
      await page.getByRole("button", { name: "Set verdict" }).click();
      const dialog = page.getByRole("dialog", { name: "Verdict" });
      await dialog.getByRole("radio", { name: "False positive: data" }).check();
      await dialog.getByRole("button", { name: "Save" }).click();
      const warning = dialog.getByRole("alert");
      expect(await textOf(warning)).toContain("was faster");
      await dialog.getByText(first!.title).waitFor();
      await dialog.getByRole("button", { name: "Leave it as it is" }).click();
      const after = await stage().findings("status=new,in_progress");
      expect(after.length).toBeGreaterThan(2);
      for (const { id, verdict } of after) {
        expect(verdict).toBe(id === first!.id ? "true_positive" : "fp_data");
      }
      await page.context().close();
    });
  });

  it("goes from one finding to the next of the queue, and back to the queue at once", async () => {
    const page = await stage().open("/");
    const titles = page.getByRole("table", { name: "Findings" }).getByRole("link");
    await hasCount(titles, (await stage().findings("status=new,in_progress")).length);
    const [first, second] = await titles.allInnerTexts();
    await titles.first().click();
    await page.getByRole("heading", { level: 1, name: first! }).waitFor();
    await page.keyboard.press("]");
    await page.getByRole("heading", { level: 1, name: second! }).waitFor();
    await page.getByRole("button", { name: "Previous finding" }).click();
    await page.getByRole("heading", { level: 1, name: first! }).waitFor();
    await page.keyboard.press("]");
    await page.getByRole("heading", { level: 1, name: second! }).waitFor();
    await page.keyboard.press("Escape");
    await until("the queue with the cursor on it", async () =>
      (await textOf(page.locator(".row.cursor"))).includes(second!),
    );
    await page.context().close();
  });
}
