import type { FlowCall } from "./call.ts";
import type { FlowNode } from "./report.ts";

/** Which call stands above which, by their places in the list. */
export interface Links {
  parents: (number | null)[];
  children: number[][];
  /** Why a call that names a parent stands as a root. */
  notes: FlowNode["note"][];
  /** Parents before their children. */
  order: number[];
}

/**
 * Links calls to the parents they name, within their trace; of calls that share a span the first is the
 * parent. A parent that is not among them leaves a root, and a cycle is opened at its first call, so
 * that every call stands in the tree once.
 */
export function linkCalls(calls: readonly FlowCall[]): Links {
  const bySpan = new Map<string, number>();
  calls.forEach(({ trace, span }, place) => {
    const key = keyOf(trace, span);
    if (span !== null && !bySpan.has(key)) bySpan.set(key, place);
  });
  const parents = calls.map(({ trace, parent }) =>
    parent === null ? null : (bySpan.get(keyOf(trace, parent)) ?? null),
  );
  const notes = calls.map(({ parent }, place): FlowNode["note"] =>
    parent !== null && parents[place] === null ? "parent_missing" : null,
  );
  for (const place of openCycles(parents)) notes[place] = "cycle";
  const children: number[][] = calls.map(() => []);
  parents.forEach((parent, place) => {
    if (parent !== null) children[parent]!.push(place);
  });
  const order = calls.flatMap((_, place) => (parents[place] === null ? [place] : []));
  for (let i = 0; i < order.length; i++) order.push(...children[order[i]!]!);
  return { parents, children, notes, order };
}

/** Takes the parent from the first call of each cycle, and answers which those are. */
function openCycles(parents: (number | null)[]): number[] {
  const opened: number[] = [];
  const walk = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    let place: number | null = start;
    while (place !== null && walk[place] === 0) {
      walk[place] = start + 1;
      place = parents[place]!;
    }
    if (place === null || walk[place] !== start + 1) continue;
    let first = place;
    for (let next = parents[place]!; next !== place; next = parents[next]!) {
      first = Math.min(first, next);
    }
    parents[first] = null;
    opened.push(first);
  }
  return opened;
}

function keyOf(trace: string | null, span: string | null): string {
  return JSON.stringify([trace, span]);
}
