import { formatUsd } from "../money.ts";
import { formatTime } from "../time.ts";
import { type FlowCall, isAround } from "./call.ts";
import { flowFigures, type FlowSums, sumFlow } from "./figures.ts";
import type { Links } from "./link.ts";
import type { FlowNode } from "./report.ts";

/** Calls of a flow with their links, and what each used itself and with all below it. */
export interface FlowTree {
  calls: readonly FlowCall[];
  links: Links;
  own: readonly FlowSums[];
  subtree: readonly FlowSums[];
}

const MOST_IDS = 5;

/**
 * The nodes of a tree, each before those below it: siblings alike, down to their leaves, are folded into
 * one. Lazily, since a tree may hold more nodes than anybody is shown.
 */
export function* nodesOf(tree: FlowTree): Generator<FlowNode> {
  const shapes = shapesOf(tree);
  const { calls, links } = tree;
  const roots = links.order.filter((place) => links.parents[place] === null);
  const waiting = foldAlike(roots, shapes)
    .map((members) => ({ members, parent: null as string | null, depth: 0 }))
    .toReversed();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { members, parent, depth } = next;
    const node = nodeOf(tree, members, parent, depth);
    yield node;
    const below = members.flatMap((place) => links.children[place]!).toSorted((a, b) => a - b);
    const groups = foldAlike(below, shapes).map((members) => ({
      members,
      parent: calls[next.members[0]!]!.id,
      depth: depth + 1,
    }));
    waiting.push(...groups.toReversed());
  }
}

/** A number for each call, the same for those that look alike with everything below them. */
function shapesOf({ calls, links }: FlowTree): number[] {
  const numbers = new Map<string, number>();
  const shapes: number[] = Array.from({ length: calls.length }, () => 0);
  for (const place of links.order.toReversed()) {
    const { agent, operation, model, status } = calls[place]!;
    const below = [...new Set(links.children[place]!.map((child) => shapes[child]!))];
    const parts = [
      agent,
      operation,
      model,
      status,
      links.notes[place],
      below.toSorted((a, b) => a - b),
    ];
    const text = JSON.stringify(parts);
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, (number = numbers.size));
    shapes[place] = number;
  }
  return shapes;
}

/** Siblings by their shape, in the order of the first of each. */
function foldAlike(siblings: readonly number[], shapes: readonly number[]): number[][] {
  const groups = new Map<number, number[]>();
  for (const place of siblings) {
    const group = groups.get(shapes[place]!);
    if (group) group.push(place);
    else groups.set(shapes[place]!, [place]);
  }
  return [...groups.values()];
}

function nodeOf(
  { calls, links, own, subtree }: FlowTree,
  members: readonly number[],
  parent: string | null,
  depth: number,
): FlowNode {
  const folded = members.map((place) => calls[place]!);
  const { id, agent, operation, model, status } = folded[0]!;
  const times = folded.map(({ at }) => at);
  const claims = members
    .filter((place) => links.children[place]!.length > 0 && isAround(calls[place]!))
    .map((place) => calls[place]!.cost ?? 0n);
  return {
    id,
    parent,
    depth,
    agent,
    operation,
    model,
    status,
    count: folded.length,
    first: formatTime(Math.min(...times)),
    last: formatTime(Math.max(...times)),
    own: flowFigures(sumFlow(members.map((place) => own[place]!))),
    subtree: flowFigures(sumFlow(members.map((place) => subtree[place]!))),
    claimed: claims.length === 0 ? null : formatUsd(claims.reduce((sum, cost) => sum + cost, 0n)),
    note: links.notes[members[0]!]!,
    event_ids: folded.slice(0, MOST_IDS).map((call) => call.id),
  };
}
