import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingBody } from "#test/contract/finding-body.ts";
import type { MachineEntry } from "#core/finding/finding-log.ts";
import type { Finding } from "#core/finding/finding.ts";
import { FINDING_ORDERS, FINDING_SORTS, placeOf } from "#core/projection/finding-order.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { SEVERITIES, type Severity } from "#core/severity.ts";

interface Told {
  finding: number;
  severity: Severity;
  excess: number | null;
}

const told: fc.Arbitrary<Told> = fc.record({
  finding: fc.nat(12),
  severity: fc.constantFrom(...SEVERITIES),
  excess: fc.option(fc.integer({ min: -3, max: 3 })),
});

function entryOf({ finding, severity, excess }: Told, n: number): MachineEntry {
  const id = `f${finding}`;
  const { showback } = findingBody();
  const body = findingBody({
    id,
    severity,
    opened_at: `2026-10-0${1 + (finding % 5)}T00:00:00.000Z`,
    showback: { ...showback, excess: excess === null ? null : String(excess) },
  });
  const at = body.opened_at;
  return { kind: "updated", id: `${id}.m.${n + 1}`, finding: id, tenant: "acme", at, body };
}

const idsOf = (findings: Iterable<Finding>): string[] => Array.from(findings, ({ id }) => id);

describe.each(FINDING_SORTS)("the order of findings by %s", (sort) => {
  const compare = FINDING_ORDERS[sort];

  it("is kept with every change as if they were sorted anew", () => {
    fc.assert(
      fc.property(fc.array(told), fc.nat(), (steps, cut) => {
        const projection = createFindingProjection();
        steps.forEach((step, n) => {
          // Asked for from some step on: what came before is sorted once.
          if (n >= cut % (steps.length + 1))
            projection.inOrder(sort, null)[Symbol.iterator]().next();
          projection.apply(entryOf(step, n));
        });
        const sorted = projection.all().toSorted((a, b) => compare(placeOf(a), placeOf(b)));
        expect(idsOf(projection.inOrder(sort, null))).toEqual(idsOf(sorted));
      }),
    );
  });

  it("goes on behind any place, also one that nothing stands at any more", () => {
    fc.assert(
      fc.property(fc.array(told), told, (steps, gone) => {
        const projection = createFindingProjection();
        steps.forEach((step, n) => projection.apply(entryOf(step, n)));
        const place = placeOf({ ...projection.all()[0], ...entryOf(gone, 0).body } as Finding);
        const behind = projection
          .all()
          .filter((finding) => compare(placeOf(finding), place) > 0)
          .toSorted((a, b) => compare(placeOf(a), placeOf(b)));
        expect(idsOf(projection.inOrder(sort, place))).toEqual(idsOf(behind));
      }),
    );
  });
});

describe("the risk of findings", () => {
  it("is their severity, then their excess, the unpriced last", () => {
    const projection = createFindingProjection();
    const rows: Told[] = [
      { finding: 1, severity: "low", excess: 3 },
      { finding: 2, severity: "high", excess: null },
      { finding: 3, severity: "high", excess: 1 },
      { finding: 4, severity: "high", excess: 2 },
    ];
    rows.forEach((row, n) => projection.apply(entryOf(row, n)));
    expect(idsOf(projection.inOrder("risk", null))).toEqual(["f4", "f3", "f2", "f1"]);
  });
});
