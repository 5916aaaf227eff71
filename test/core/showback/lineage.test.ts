import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { createLineage } from "#core/showback/quality/lineage.ts";
import { MINUTE } from "#core/time.ts";
import { resolvedAt, START } from "#test/support/observed.ts";

type Flow = NonNullable<UsageEvent["flow"]>;
interface Call extends Flow {
  minute?: number;
  tenant?: string;
}

/** Which of the calls are told as broken, by their span. */
function brokenAmong(...calls: Call[]): string[] {
  const told: { span: string; isBroken: boolean }[] = [];
  const lineage = createLineage(({ event }, isBroken) => {
    told.push({ span: event.flow?.span ?? "none", isBroken });
  });
  for (const { minute = 0, tenant = "acme", ...flow } of calls) {
    const named = { trace: undefined, session: undefined, span: undefined, ...flow };
    lineage.push(resolvedAt(START + minute * MINUTE, { tenant, flow: named }));
  }
  lineage.end();
  expect(told).toHaveLength(calls.length);
  return told.filter(({ isBroken }) => isBroken).map(({ span }) => span);
}
const top: Call = { trace: "t", span: "top" };

describe("lineage", () => {
  it("is broken where a call names a parent that never comes", () => {
    expect(brokenAmong(top, { trace: "t", span: "a", parent_span: "lost" })).toEqual(["a"]);
  });

  it("is whole where the parent comes, before the child or after it", () => {
    expect(brokenAmong(top, { trace: "t", span: "a", parent_span: "top" })).toEqual([]);
    expect(brokenAmong({ trace: "t", span: "a", parent_span: "top" }, top)).toEqual([]);
  });

  it("is whole where all calls of a flow without a top name one parent: it is no call", () => {
    const calls = ["a", "b"].map((span) => ({ trace: "t", span, parent_span: "web request" }));
    expect(brokenAmong(...calls)).toEqual([]);
    expect(brokenAmong(...calls, { trace: "t", span: "c", parent_span: "a" })).toEqual([]);
  });

  it("is broken where several parents are missing", () => {
    const calls = ["a", "b"].map((span) => ({ trace: "t", span, parent_span: `lost ${span}` }));
    expect(brokenAmong(...calls)).toEqual(["a", "b"]);
  });

  it("waits an hour from the flow's last call for the parent", () => {
    const child = { trace: "t", span: "a", parent_span: "late" };
    const second = { trace: "t", span: "b", minute: 20, parent_span: "top" };
    const parent = (minute: number) => ({ trace: "t", span: "late", minute });
    expect(brokenAmong(top, child, second, parent(79))).toEqual([]);
    expect(brokenAmong(top, child, second, parent(81))).toEqual(["a"]);
  });

  it("does not look for the parent in other flows or tenants", () => {
    const child = { trace: "t", span: "a", parent_span: "other" };
    expect(brokenAmong(top, child, { trace: "u", span: "other" })).toEqual(["a"]);
    expect(brokenAmong(top, child, { trace: "t", span: "other", tenant: "globex" })).toEqual(["a"]);
  });

  it("is nothing that calls without a flow have", () => {
    expect(brokenAmong({ parent_span: "lost" })).toEqual([]);
  });
});
