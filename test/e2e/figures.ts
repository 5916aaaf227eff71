import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { displayUsd, parseUsd } from "#core/money.ts";
import { meterhound } from "#test/support/process.ts";
import { type Stage, textOf } from "./stage.ts";

const NAMES = ["observed", "expected", "excess"] as const;
type Figures = Record<(typeof NAMES)[number], string>;

/** The same money wherever one looks. */
export function describeFigures(stage: () => Stage): void {
  it("shows on the page, exactly, what the API has, and to the cent what `findings show` says", async () => {
    const findings = await stage().findings("");
    expect(findings.length).toBeGreaterThan(3);
    for (const { id, title, showback } of findings) {
      const page = await stage().open(`/findings/${id}`);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      const exact: Figures = {
        observed: showback.observed!,
        expected: showback.expected,
        excess: showback.excess!,
      };
      expect(await exactOnPage(page)).toEqual(exact);
      const toTheCent = inWords(exact);
      expect(await headOf(page)).toEqual(toTheCent);
      expect(await shown(id, stage().running.dir)).toEqual(toTheCent);
      await page.context().close();
    }
    // A command a finding, each a process.
  }, 120_000);

  it("shows in the queue what the API has, row by row and in sum", async () => {
    const findings = await stage().findings("status=new,in_progress&sort=risk");
    const page = await stage().open("/");
    const rows = page.getByRole("table", { name: "Findings" }).locator(".row");
    await rows.nth(findings.length - 1).waitFor();
    for (const [i, { showback }] of findings.entries()) {
      const [excess] = await amountsIn(rows.nth(i));
      expect(excess).toBe(showback.excess);
    }
    const { json } = await stage().running.call("GET", "/api/v1/findings/summary");
    const { excess_at_least: atLeast } = json["open"] as { excess_at_least: string };
    await page
      .locator("main")
      .getByText(displayUsd(parseUsd(atLeast)), { exact: true })
      .waitFor();
    await page.context().close();
  });
}

/** The amounts of the showback block, as the API writes them. */
async function exactOnPage(page: Page): Promise<Figures> {
  const block = page.getByRole("region", { name: "Owner and showback" });
  const [observed, expected, excess] = await amountsIn(block);
  return { observed: observed!, expected: expected!, excess: excess! };
}

/** The figures at the head of the page. */
async function headOf(page: Page): Promise<Figures> {
  const of = (name: string): Promise<string> =>
    textOf(
      page
        .locator(".finding-figures > div")
        .filter({ has: page.getByText(name, { exact: true }) })
        .locator(".big"),
    );
  return {
    observed: await of("Observed"),
    expected: await of("Expected"),
    excess: await of("Excess"),
  };
}

/** The figures of `findings show`. */
async function shown(id: string, dir: string): Promise<Figures> {
  const { stdout } = await meterhound(["findings", "show", id, "--data-dir", dir]);
  const of = (name: string): string =>
    new RegExp(`^ +${name} +([^\\s,]+(,\\d{3})*[^\\s,]*)`, "m").exec(stdout)?.[1] ?? stdout;
  return { observed: of("observed"), expected: of("expected"), excess: of("excess") };
}

function amountsIn(part: { locator(selector: string): ReturnType<Page["locator"]> }) {
  return part
    .locator("data.amount")
    .evaluateAll((all) => all.map((one) => one.getAttribute("value")));
}

function inWords(exact: Figures): Figures {
  const words = NAMES.map((name) => [name, displayUsd(parseUsd(exact[name]))]);
  return Object.fromEntries(words) as Figures;
}
