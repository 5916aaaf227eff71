import type { Reporter, TestCase } from "vitest/node";

/** Ends a run with one plain line that scripts can read, and names what was skipped. */
export default class SummaryReporter implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  private readonly skipped: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    this.counts[state] += 1;
    if (state === "skipped") this.skipped.push(test.fullName);
  }

  onTestRunEnd(_modules: unknown, errors: readonly unknown[]): void {
    const { passed, failed, skipped } = this.counts;
    const lines = this.skipped.map((name) => `SKIPPED ${name}`);
    lines.push(`${passed} passed, ${failed + errors.length} failed, ${skipped} skipped`);
    // Written once the other reporters are done.
    process.once("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
  }
}
