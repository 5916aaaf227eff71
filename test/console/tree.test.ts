import { describe, expect, it } from "vitest";
import type { FlowNode } from "#core/flow/report.ts";
import { closedAtFirst, rowsOf } from "#services/console/src/state/tree.ts";

const node = (id: string, parent: string | null, depth = 0): FlowNode =>
  ({ id, parent, depth }) as FlowNode;
const TREE = [node("root", null), node("a", "root", 1), node("b", "root", 1), node("a1", "a", 2)];
const shown = (closed: string[]): string[] =>
  rowsOf(TREE, new Set(closed)).map(({ node, level }) => `${level} ${node.id}`);

describe("the rows of a call tree", () => {
  it("stand each below its parent", () => {
    expect(shown([])).toEqual(["1 root", "2 a", "3 a1", "2 b"]);
  });

  it("leave out what lies below a closed one", () => {
    expect(shown(["a"])).toEqual(["1 root", "2 a", "2 b"]);
    expect(shown(["root"])).toEqual(["1 root"]);
  });

  it("make a root of what names a parent that is not there", () => {
    expect(rowsOf([node("x", "gone")], new Set())[0]).toMatchObject({ level: 1, parent: null });
  });

  it("can be a chain of thousands", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      node(`n${i}`, i === 0 ? null : `n${i - 1}`, i),
    );
    expect(rowsOf(chain, new Set()).at(-1)?.level).toBe(20_000);
    expect(rowsOf(chain, closedAtFirst(chain))).toHaveLength(2);
  });
});
