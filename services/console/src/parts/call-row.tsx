import type { FlowNode } from "../api/flows.ts";
import { compact } from "../format/words.ts";
import { clockOf } from "../format/time.ts";
import type { TreeRow } from "../state/tree.ts";
import { ExactAmount } from "./amount.tsx";
import { Moment } from "./moment.tsx";

const INDENT_PX = 18;
const DEEPEST = 16;

const NOTE_WORDS: Readonly<Record<NonNullable<FlowNode["note"]>, string>> = {
  parent_missing: "its parent is not in the log",
  cycle: "its parents go in a circle",
};

interface CallRowProps {
  row: TreeRow;
  isTree: boolean;
  /** Of the flow's cost, 0 to 1. */
  share: number;
  isInTabOrder: boolean;
  onToggle(): void;
}

/** One call of a flow, or several alike. */
export function CallRow({ row, isTree, share, isInTabOrder, onToggle }: CallRowProps) {
  const { node, level, children, isOpen } = row;
  const figures = isTree ? node.subtree : node.own;
  const grid = isTree && {
    "aria-level": level,
    ...(children > 0 && { "aria-expanded": isOpen }),
    tabIndex: isInTabOrder ? 0 : -1,
    "data-node": node.id,
  };
  return (
    <tr {...grid}>
      <th scope="row">
        <span class="call" style={{ paddingLeft: `${Math.min(level - 1, DEEPEST) * INDENT_PX}px` }}>
          {isTree && (
            <span
              class={children > 0 ? "twisty" : "twisty leaf"}
              aria-hidden="true"
              onClick={onToggle}
            >
              {children === 0 ? "·" : isOpen ? "▾" : "▸"}
            </span>
          )}
          <span class="call-name">
            <span>
              {node.agent ?? node.operation ?? "call"}
              {node.count > 1 && <span class="times"> × {node.count.toLocaleString("en")}</span>}
              {node.status !== null && node.status !== "ok" && (
                <span class="tag bad"> {node.status}</span>
              )}
            </span>
            <small class="muted">
              {[node.agent !== null && node.operation, node.model].filter(Boolean).join(" · ")}
              {children > 0 && ` · ${children.toLocaleString("en")} directly below`}
              {node.note && <span class="missing"> · {NOTE_WORDS[node.note]}</span>}
              {node.claimed !== null && (
                <span>
                  {" "}
                  · reports <ExactAmount amount={node.claimed} />, not counted
                </span>
              )}
            </small>
          </span>
        </span>
      </th>
      <td class="number">
        <ExactAmount amount={node.own.cost} />
        {node.own.unpriced_calls > 0 && (
          <small class="unpriced"> +{node.own.unpriced_calls} unpriced</small>
        )}
      </td>
      {isTree && (
        <td class="number strong">
          <ExactAmount amount={node.subtree.cost} />
        </td>
      )}
      <td>
        <span class="bar" title={`${(share * 100).toFixed(1)} % of the flow`}>
          <span style={{ width: `${Math.min(100, share * 100)}%` }} />
        </span>
        <span class="hidden">{(share * 100).toFixed(1)} %</span>
      </td>
      <td class="number">{figures.calls.toLocaleString("en")}</td>
      <td class="number">{compact(figures.input_tokens + figures.output_tokens)}</td>
      <td class="number">
        <Moment at={node.first} text={clockOf(node.first)} />
      </td>
    </tr>
  );
}
