import type { FlowCall } from "./call.ts";
import {
  addFlowSums,
  createFlowSums,
  flowFigures,
  type FlowSums,
  ownSums,
  sumFlow,
} from "./figures.ts";
import { linkCalls } from "./link.ts";
import { type FlowTree, nodesOf } from "./nodes.ts";
import type { FlowNode, FlowReport } from "./report.ts";

type Tree = Pick<FlowReport, "lineage" | "total" | "depth" | "agents" | "nodes"> & {
  /** True where the tree has more nodes than are shown. */
  isCut: boolean;
};

const MOST_NODES = 2_000;

/**
 * The tree of a flow's calls, in the order of event time then id. Cost exists on calls only: what a
 * node's subtree costs is the sum over it, exact, and the roots add up to the whole. Calls of which
 * none stands above another stay a flat list by agent.
 */
export function flowTree(calls: readonly FlowCall[], grouping: "session" | "none"): Tree {
  const linked = linkCalls(calls);
  const hasEdges = linked.parents.some((parent) => parent !== null);
  const sorted = hasEdges ? calls : calls.toSorted(byAgent);
  const links = hasEdges ? linked : linkCalls(sorted);
  const own = sorted.map((call, place) => ownSums(call, links.children[place]!.length > 0));
  const subtree = own.map((sums) => ({ ...sums }));
  for (const place of links.order.toReversed()) {
    const parent = links.parents[place];
    if (parent !== null && parent !== undefined) addFlowSums(subtree[parent]!, subtree[place]!);
  }
  const depths: number[] = [];
  for (const place of links.order) {
    const parent = links.parents[place];
    depths[place] = parent === null || parent === undefined ? 1 : depths[parent]! + 1;
  }
  const { nodes, isCut } = firstNodes({ calls: sorted, links, own, subtree });
  return {
    lineage: hasEdges ? "edges" : grouping,
    total: flowFigures(sumFlow(own)),
    depth: depths.reduce((most, depth) => Math.max(most, depth), 0),
    agents: agentsOf(sorted, own),
    nodes,
    isCut,
  };
}

function firstNodes(tree: FlowTree): { nodes: FlowNode[]; isCut: boolean } {
  const nodes: FlowNode[] = [];
  for (const node of nodesOf(tree)) {
    if (nodes.length === MOST_NODES) return { nodes, isCut: true };
    nodes.push(node);
  }
  return { nodes, isCut: false };
}

function agentsOf(calls: readonly FlowCall[], own: readonly FlowSums[]): FlowReport["agents"] {
  const agents = new Map<string | null, FlowSums>();
  calls.forEach(({ agent }, place) => {
    const sums = agents.get(agent) ?? createFlowSums();
    addFlowSums(sums, own[place]!);
    agents.set(agent, sums);
  });
  return [...agents]
    .toSorted(([a, x], [b, y]) => {
      if (x.cost !== y.cost) return x.cost < y.cost ? 1 : -1;
      return y.calls - x.calls || compareText(a ?? "", b ?? "");
    })
    .map(([agent, sums]) => ({ agent, ...flowFigures(sums) }));
}

function byAgent(a: FlowCall, b: FlowCall): number {
  return compareText(a.agent ?? "", b.agent ?? "");
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
