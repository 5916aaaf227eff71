import type { FlowNode } from "#core/flow/report.ts";

/** A node as a row of the tree. */
export interface TreeRow {
  node: FlowNode;
  level: number;
  children: number;
  isOpen: boolean;
  /** Id of the row above it in the tree, null for a root. */
  parent: string | null;
}

/** The rows in sight, each below its parent, the order of siblings as given. */
export function rowsOf(nodes: readonly FlowNode[], closed: ReadonlySet<string>): TreeRow[] {
  const children = new Map<string | null, FlowNode[]>();
  const known = new Set(nodes.map(({ id }) => id));
  for (const node of nodes) {
    const parent = node.parent !== null && known.has(node.parent) ? node.parent : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(node);
    else children.set(parent, [node]);
  }
  const rows: TreeRow[] = [];
  // A stack, not recursion: chains of calls can be thousands deep.
  const waiting = (children.get(null) ?? []).map((node) => ({
    node,
    level: 1,
    parent: null as string | null,
  }));
  waiting.reverse();
  while (waiting.length > 0) {
    const { node, level, parent } = waiting.pop()!;
    const below = children.get(node.id) ?? [];
    const isOpen = below.length > 0 && !closed.has(node.id);
    rows.push({ node, level, children: below.length, isOpen, parent });
    if (!isOpen) continue;
    for (const child of below.toReversed()) {
      waiting.push({ node: child, level: level + 1, parent: node.id });
    }
  }
  return rows;
}

const SMALL_TREE = 120;

/** What is closed at first: nothing in a small tree, else all below the second level. */
export function closedAtFirst(nodes: readonly FlowNode[]): ReadonlySet<string> {
  if (nodes.length <= SMALL_TREE) return new Set();
  return new Set(nodes.filter(({ depth }) => depth >= 1).map(({ id }) => id));
}
