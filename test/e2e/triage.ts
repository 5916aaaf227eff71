import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { rank } from "#core/severity.ts";
import { until } from "#test/support/until.ts";
import { hasCount, type Stage, textOf } from "./stage.ts";

/** The way of every finding: seen, opened, read, judged. */
export function describeTriage(stage: () => Stage): void {
  describe("an analyst", () => {
    it("finds the worst first, with who owns it and what it costs", async () => {
      const page = await stage().open("/");
      const { title, showback } = await stage().finding("prompt-loop", "svc-chat");
      const first = page.getByRole("row").nth(1);
      expect(await textOf(first)).toMatch(/^high/i);
      expect(await textOf(first)).toContain(title);
      expect(await textOf(first)).toContain(showback.team);
      await page.context().close();
    });

    it("filters the queue by severity, by team and by text, and the address keeps it", async () => {
      const page = await stage().open("/");
      const rows = page.getByRole("table", { name: "Findings" }).getByRole("link");
      const { findings } = stage();
      const all = (await findings("")).length;
      await hasCount(rows, all);
      const facets = page.getByRole("complementary", { name: "Filters" });
      await facets.getByRole("checkbox", { name: /medium/ }).check();
      await hasCount(rows, (await findings("severity=medium")).length);
      expect(page.url()).toContain("severity=medium");
      await facets.getByRole("checkbox", { name: /research/ }).check();
      await hasCount(rows, (await findings("severity=medium&team=research")).length);
      await page.getByRole("searchbox", { name: "Filter by text" }).fill("fans out");
      await hasCount(rows, 1);
      await page.reload();
      await hasCount(rows, 1);
      await page.getByRole("link", { name: "Clear the filter" }).click();
      await hasCount(rows, all);
      await page.context().close();
    });

    it("orders the queue by risk, by money and by time", async () => {
      const page = await stage().open("/");
      const rows = page.getByRole("table", { name: "Findings" }).getByRole("link");
      const findings = await stage().findings("");
      const excess = ({ showback }: Finding): number => Number(showback.excess);
      const orders: [string, (a: Finding, b: Finding) => number][] = [
        ["Newest", (a, b) => Date.parse(b.opened_at) - Date.parse(a.opened_at)],
        ["Money", (a, b) => excess(b) - excess(a)],
        ["Risk", (a, b) => rank(b.severity) - rank(a.severity) || excess(b) - excess(a)],
      ];
      for (const [name, compare] of orders) {
        const titles = findings.toSorted(compare).map(({ title }) => title);
        await page.getByLabel("Order").selectOption({ label: name });
        await until(`the order ${name}`, async () =>
          isDeepStrictEqual(await rows.allInnerTexts(), titles),
        );
      }
      await page.context().close();
    });

    it("reads the very excess of the API on the page of a finding, and why", async () => {
      const page = await stage().open("/");
      const finding = await stage().finding("prompt-loop", "svc-chat");
      await page.getByRole("link", { name: finding.title }).click();
      await page.getByRole("heading", { level: 1, name: finding.title }).waitFor();
      const showback = page.getByRole("region", { name: "Owner and showback" });
      const text = await textOf(showback);
      for (const amount of ["observed", "expected", "excess"] as const) {
        expect(text).toContain(`$${finding.showback[amount]}`);
      }
      for (const word of ["svc-chat", "ana@acme.example", "assist", "cc-100", "Reported"]) {
        expect(text).toContain(word);
      }
      expect(await textOf(page.getByRole("region", { name: "Why" }))).toContain(
        finding.explanation.trim(),
      );
      await page.context().close();
    });

    it("reads the chart as a table", async () => {
      const { id } = await stage().finding("prompt-loop", "svc-chat");
      const page = await stage().open(`/findings/${id}`);
      const chart = page.getByRole("region", { name: /Spend of svc-chat/ });
      await chart.getByRole("img", { name: /The dearest hour .* cost \$4\.9/ }).waitFor();
      await chart.getByRole("button", { name: "Show as table" }).click();
      const row = chart.getByRole("row", { name: /2026-10-06 13:00/ });
      expect(await textOf(row)).toContain("$4.9");
      await page.context().close();
    });

    it("gives a verdict, which the API has and a second page shows at once", async () => {
      const finding = await stage().finding("fan-out-spike", "agent-research");
      const page = await stage().open(`/findings/${finding.id}`);
      const second = await stage().open(`/findings/${finding.id}`);
      await second.getByText("None yet").waitFor();
      await page.getByRole("button", { name: "Set verdict" }).click();
      await page.getByRole("radio", { name: "Benign, expected" }).check();
      await page.getByLabel("Resolve the finding with it").check();
      await page.getByRole("dialog").getByLabel("Note").fill("The nightly import was moved.");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });

      const after = await stage().finding("fan-out-spike", "agent-research");
      expect(after).toMatchObject({ status: "resolved", verdict: "benign_expected" });
      await second.getByText("Benign, expected", { exact: true }).waitFor();
      await second.getByText("The nightly import was moved.").waitFor();
      await page.context().close();
      await second.context().close();
    });

    it("adds a note", async () => {
      const { id } = await stage().finding("runaway-agent", "agent-research");
      const page = await stage().open(`/findings/${id}`);
      await page.getByLabel("Note").fill("Asked rae.");
      await page.getByRole("button", { name: "Add the note" }).click();
      await page.getByRole("region", { name: "History" }).getByText("Asked rae.").waitFor();
      await page.context().close();
    });
  });
}
