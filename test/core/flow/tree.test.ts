import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlowCall } from "#core/flow/call.ts";
import type { FlowNode } from "#core/flow/report.ts";
import { flowTree } from "#core/flow/tree.ts";
import { parseUsd } from "#core/money.ts";

const START = Date.UTC(2026, 9, 5, 12);
const DOLLAR = 1_000_000_000_000n;

/** A call `id` under `parent`, a second after the one before it. */
function call(id: string, parent: string | null, more: Partial<FlowCall> = {}): FlowCall {
  return {
    id,
    at: START,
    trace: "t",
    span: id,
    parent,
    agent: "main",
    operation: "chat",
    model: "m",
    status: "ok",
    cost: DOLLAR,
    input_tokens: 10,
    output_tokens: 1,
    ...more,
  };
}

const tree = (calls: readonly FlowCall[]) =>
  flowTree(
    calls.map((one, i) => ({ ...one, at: START + i * 1_000 })),
    "session",
  );
const lineOf = ({ id, depth, count, own, subtree, note }: FlowNode): string =>
  `${"  ".repeat(depth)}${id} x${count} own ${own.cost} all ${subtree.cost}${note ? ` ${note}` : ""}`;
const linesOf = (calls: readonly FlowCall[]): string[] => tree(calls).nodes.map(lineOf);

describe("the tree of a flow", () => {
  it("puts each call under the one it names, with its own cost and that of all below", () => {
    const calls = [
      call("root", null),
      call("plan", "root", { agent: "planner" }),
      call("search", "plan", { agent: "searcher", cost: 2n * DOLLAR }),
      call("write", "root", { agent: "writer" }),
    ];
    expect(linesOf(calls)).toEqual([
      "root x1 own 1 all 5",
      "  plan x1 own 1 all 3",
      "    search x1 own 2 all 2",
      "  write x1 own 1 all 1",
    ]);
    expect(tree(calls)).toMatchObject({
      lineage: "edges",
      depth: 3,
      total: { cost: "5", calls: 4, input_tokens: 40 },
      isCut: false,
    });
  });

  it("does not mind which of parent and child came first", () => {
    const calls = [call("child", "root"), call("root", null)];
    expect(linesOf(calls)).toEqual(["root x1 own 1 all 2", "  child x1 own 1 all 1"]);
  });

  it("folds siblings alike, down to their leaves, and keeps what they add up to", () => {
    const steps = Array.from({ length: 5 }, (_, i) => [
      call(`step-${i}`, "root", { agent: "worker" }),
      call(`tool-${i}`, `step-${i}`, { operation: "execute_tool", cost: null, model: null }),
    ]).flat();
    const calls = [call("root", null), ...steps, call("odd", "root", { agent: "worker" })];
    expect(linesOf(calls)).toEqual([
      "root x1 own 1 all 7",
      "  step-0 x5 own 5 all 5",
      "    tool-0 x5 own 0 all 0",
      "  odd x1 own 1 all 1",
    ]);
    const [, step, tool] = tree(calls).nodes;
    expect(step).toMatchObject({
      parent: "root",
      event_ids: [0, 1, 2, 3, 4].map((i) => `step-${i}`),
    });
    expect(tool!.own).toMatchObject({ cost: "0", unpriced_calls: 5, calls: 5 });
  });

  it("shows calls that failed apart from those that did not", () => {
    const calls = [
      call("root", null),
      call("a", "root"),
      call("b", "root", { status: "error" }),
      call("c", "root"),
    ];
    expect(tree(calls).nodes.map(({ count, status }) => [count, status])).toEqual([
      [1, "ok"],
      [2, "ok"],
      [1, "error"],
    ]);
  });

  it("takes a call whose parent is missing for a root, and says so", () => {
    const calls = [call("root", null), call("child", "root"), call("late", "lost")];
    expect(linesOf(calls)).toEqual([
      "root x1 own 1 all 2",
      "  child x1 own 1 all 1",
      "late x1 own 1 all 1 parent_missing",
    ]);
  });

  it("opens a cycle at its first call", () => {
    const calls = [call("a", "c"), call("b", "a"), call("c", "b"), call("self", "self")];
    expect(linesOf(calls)).toEqual([
      "a x1 own 1 all 3 cycle",
      "  b x1 own 1 all 2",
      "    c x1 own 1 all 1",
      "self x1 own 1 all 1 cycle",
    ]);
  });

  it("links within a trace only", () => {
    const calls = [call("a", null), call("b", "a"), call("c", "a", { trace: "other" })];
    expect(tree(calls).nodes.map(({ id, depth, note }) => [id, depth, note])).toEqual([
      ["a", 0, null],
      ["b", 1, null],
      ["c", 0, "parent_missing"],
    ]);
  });

  it("shows what a span around calls reports as a claim, and never sums it", () => {
    const calls = [
      call("agent", null, { operation: "invoke_agent", cost: 9n * DOLLAR }),
      call("chat", "agent"),
    ];
    const [around] = tree(calls).nodes;
    expect(around).toMatchObject({ claimed: "9", own: { cost: "0" }, subtree: { cost: "1" } });
    expect(tree(calls).total.cost).toBe("1");
  });

  it("counts such a span's cost where nothing stands below it", () => {
    const alone = call("agent", null, { operation: "invoke_agent" });
    expect(tree([alone]).nodes[0]).toMatchObject({ claimed: null, own: { cost: "1" } });
  });

  it("stays a flat list by agent where no call stands above another", () => {
    const calls = [
      call("a", null, { agent: "writer", span: null }),
      call("b", null, { agent: "main", span: null }),
      call("c", null, { agent: "writer", span: null }),
      call("d", "elsewhere", { agent: null, span: null }),
    ];
    const { lineage, nodes, agents, depth } = tree(calls);
    expect({ lineage, depth }).toEqual({ lineage: "session", depth: 1 });
    expect(nodes.map(({ id, agent, count, parent }) => [id, agent, count, parent])).toEqual([
      ["d", null, 1, null],
      ["b", "main", 1, null],
      ["a", "writer", 2, null],
    ]);
    expect(agents.map(({ agent, cost }) => [agent, cost])).toEqual([
      ["writer", "2"],
      [null, "1"],
      ["main", "1"],
    ]);
  });

  it("shows so many nodes of a tree as anybody can look at, and sums all of it", () => {
    const calls = Array.from({ length: 3_000 }, (_, i) =>
      call(`c${i}`, i === 0 ? null : `c${i - 1}`),
    );
    const { nodes, isCut, total, depth } = tree(calls);
    expect({ shown: nodes.length, isCut, cost: total.cost, depth }).toEqual({
      shown: 2_000,
      isCut: true,
      cost: "3000",
      depth: 3_000,
    });
    expect(nodes[0]!.subtree.cost).toBe("3000");
  });

  it("adds up to the own costs of all calls, whatever names whatever", () => {
    const anyCall = fc.record({
      parent: fc.option(fc.nat(14)),
      span: fc.option(fc.nat(14)),
      agent: fc.constantFrom("a", "b", null),
      cost: fc.option(fc.bigInt({ min: -5n, max: 10n ** 15n })),
      operation: fc.constantFrom("chat", "execute_tool", null),
    });
    fc.assert(
      fc.property(fc.array(anyCall, { maxLength: 25 }), (drawn) => {
        const calls = drawn.map(({ parent, span, ...rest }, i) =>
          call(`e${i}`, parent === null ? null : String(parent), {
            ...rest,
            span: span === null ? null : String(span),
          }),
        );
        const { nodes, total } = tree(calls);
        const sum = (amounts: string[]) => amounts.reduce((all, usd) => all + parseUsd(usd)!, 0n);
        const costs = calls.reduce((all, { cost }) => all + (cost ?? 0n), 0n);
        const roots = nodes.filter(({ parent }) => parent === null);
        expect(sum(roots.map(({ subtree }) => subtree.cost))).toBe(costs);
        expect(sum(nodes.map(({ own }) => own.cost))).toBe(costs);
        expect(parseUsd(total.cost)).toBe(costs);
        expect(nodes.reduce((all, { count }) => all + count, 0)).toBe(calls.length);
        for (const { id, subtree, own } of nodes) {
          const below = nodes.filter(({ parent }) => parent === id);
          expect(parseUsd(subtree.cost)! - parseUsd(own.cost)!).toBe(
            sum(below.map((child) => child.subtree.cost)),
          );
        }
      }),
    );
  });
});
