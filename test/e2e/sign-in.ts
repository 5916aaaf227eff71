import { describe, expect, it } from "vitest";
import { until } from "#test/support/until.ts";
import { graveFaultsOf } from "./accessibility.ts";
import { type Stage, textOf } from "./stage.ts";

/** The console where tokens are configured. */
export function describeSignIn(stage: () => Stage): void {
  describe("a service with tokens", () => {
    it("asks for one, refuses a wrong one, and keeps the right one for the tab", async () => {
      const page = await stage().open("/");
      const token = page.getByLabel("Access token");
      await token.fill("wrong");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
      await token.fill("ana");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("table", { name: "Findings" }).waitFor();
      await page.getByRole("button", { name: "Live" }).waitFor();
      await page.reload();
      await page.getByRole("table", { name: "Findings" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await token.waitFor();
      await page.context().close();
    });

    it.each(["dark", "light"] as const)(
      "asks on a %s page without serious fault",
      async (theme) => {
        const page = await stage().open("/", { theme });
        await page.getByLabel("Access token").waitFor();
        expect(await graveFaultsOf(page)).toEqual([]);
        await page.context().close();
      },
    );

    it("says who was faster, and lets the slower one decide again", async () => {
      const { id, revision } = await stage().finding("prompt-loop", "svc-chat");
      const page = await stage().open(`/findings/${id}`);
      await page.getByLabel("Access token").fill("ana");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Set verdict" }).click();
      await page.getByRole("radio", { name: "True positive", exact: true }).check();
      const { status } = await stage().running.call("PATCH", `/api/v1/findings/${id}`, {
        token: "ben",
        headers: { "if-match": `"${revision}"` },
        body: JSON.stringify({ status: "in_progress" }),
      });
      expect(status).toBe(200);
      await page.getByRole("button", { name: "Save" }).click();
      const warning = page.getByRole("dialog").getByRole("alert");
      expect(await textOf(warning)).toContain("ben was faster");
      expect(await textOf(warning)).toContain("In progress");
      await page.getByRole("button", { name: "Save mine over it" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await until("both changes", async () => {
        const { status, verdict } = await stage().finding("prompt-loop", "svc-chat");
        return status === "in_progress" && verdict === "true_positive";
      });
      await page.context().close();
    });

    it("lets a viewer look and not touch", async () => {
      const { id } = await stage().finding("prompt-loop", "svc-chat");
      const page = await stage().open(`/findings/${id}`);
      await page.getByLabel("Access token").fill("vic");
      await page.keyboard.press("Enter");
      const verdict = page.getByRole("button", { name: "Set verdict" });
      await verdict.waitFor();
      expect(await verdict.isDisabled()).toBe(true);
      expect(await verdict.getAttribute("title")).toContain("analyst");
      await page.context().close();
    });
  });
}
