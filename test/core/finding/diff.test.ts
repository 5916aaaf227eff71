import { describe, expect, it } from "vitest";
import { diffFindings } from "#core/finding/diff.ts";
import type { Finding } from "#core/finding/finding.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probeProgram } from "#test/support/probe.ts";

const BASE = ((): Finding => {
  const run = startFold(probeProgram());
  run.event(resolvedAt(START, { extra: { signal: 1 } }));
  return createFindingProjection().apply(run.outputs.findings[0]!)!;
})();

const at = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();
const finding = (
  id: string,
  from: number,
  to: number,
  changes: Partial<Finding> = {},
): Finding => ({
  ...BASE,
  id,
  first_seen: at(from),
  opened_at: at(from),
  last_seen: at(to),
  ...changes,
});
const kinds = (here: Finding[], record: Finding[]) =>
  diffFindings(here, record).differences.map((one) => [one.kind, (one.here ?? one.record)!.id]);

describe("the difference of two lists of findings", () => {
  it("is empty where both are alike, whatever people said of those on record", () => {
    const findings = [finding("a", 0, 5), finding("b", 10, 20)];
    const told = findings.map((one): Finding => ({ ...one, status: "resolved", revision: 9 }));
    expect(diffFindings(findings, told)).toEqual({ differences: [], same: 2 });
  });

  it("tells what only one of them has, in the order of opening", () => {
    const here = [finding("c", 40, 50), finding("a", 0, 5)];
    const record = [finding("b", 20, 30), finding("a", 0, 5)];
    expect(kinds(here, record)).toEqual([
      ["only_on_record", "b"],
      ["only_here", "c"],
    ]);
  });

  it("names what changed: severity, excess", () => {
    const before = finding("a", 0, 5);
    const now = finding("a", 0, 5, {
      severity: "critical",
      showback: { ...BASE.showback, excess: "7" },
    });
    const { differences, same } = diffFindings([now], [before]);
    expect(differences).toEqual([
      { kind: "changed", here: now, record: before, changed: ["severity", "excess"] },
    ]);
    expect(same).toBe(0);
  });

  it("takes one that opened earlier for the same, not for another", () => {
    const { differences } = diffFindings([finding("early", 0, 30)], [finding("late", 10, 30)]);
    expect(differences).toMatchObject([
      { kind: "changed", here: { id: "early" }, record: { id: "late" }, changed: ["opened"] },
    ]);
  });

  it.each<[string, Partial<Finding>]>([
    ["another identity", { subject: { ...BASE.subject, identity: "other" } }],
    ["another rule", { rule: "usage-anomaly.other" }],
    ["another tenant", { tenant: "globex" }],
    ["a later time", { first_seen: at(40), last_seen: at(50) }],
  ])("takes one of %s for another", (_, changes) => {
    expect(kinds([finding("x", 0, 30)], [finding("y", 10, 30, changes)])).toHaveLength(2);
  });
});
