import { useMemo, useRef, useState } from "preact/hooks";
import type { TargetedKeyboardEvent } from "preact";
import { usdPixels } from "../format/money.ts";
import type { FlowReport } from "../api/flows.ts";
import { closedAtFirst, rowsOf, type TreeRow } from "../state/tree.ts";
import { CallRow } from "./call-row.tsx";
import { numeric, TableHead } from "./table-head.tsx";

const MORE = 300;

/** The calls as a tree to walk by arrow keys; a flat list where nothing says what called what. */
export function CallTree({ flow }: { flow: FlowReport }) {
  const [closed, setClosed] = useState(() => closedAtFirst(flow.nodes));
  const [cursor, setCursor] = useState<string | null>(null);
  const [most, setMost] = useState(MORE);
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = useMemo(() => rowsOf(flow.nodes, closed), [flow, closed]);
  const shown = rows.slice(0, most);
  const isTree = flow.lineage === "edges";
  const total = usdPixels(flow.total.cost) ?? 0;

  const toggle = (id: string): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  const focus = (id: string | null | undefined): void => {
    if (id === null || id === undefined) return;
    setCursor(id);
    body.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const at = shown.findIndex(
      ({ node }) => node.id === (event.target as HTMLElement).dataset["node"],
    );
    const row = shown[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAction(event.key, row, {
      up: () => focus(shown[at - 1]?.node.id),
      down: () => focus(shown[at + 1]?.node.id),
      parent: () => focus(row.parent),
      toggle: () => toggle(row.node.id),
    });
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    <section class="panel tree" aria-labelledby="tree-title">
      <div class="chart-head">
        <h2 id="tree-title">{isTree ? "Call tree" : "Calls"}</h2>
        <span class="grow" />
        {isTree && (
          <>
            <button type="button" onClick={() => setClosed(new Set())}>
              Open all
            </button>
            <button
              type="button"
              onClick={() => setClosed(new Set(flow.nodes.map(({ id }) => id)))}
            >
              Close all
            </button>
          </>
        )}
      </div>
      <div class="wide">
        <table role={isTree ? "treegrid" : "table"} aria-label={isTree ? "Call tree" : "Calls"}>
          <TableHead
            columns={[
              "Call",
              numeric("Own cost"),
              ...(isTree ? [numeric("With all below")] : []),
              "Share",
              numeric("Calls"),
              numeric("Tokens"),
              numeric("Began, UTC"),
            ]}
          />
          <tbody ref={body} onKeyDown={onKeyDown}>
            {shown.map((row, i) => (
              <CallRow
                key={row.node.id}
                row={row}
                isTree={isTree}
                share={total > 0 ? (usdPixels(row.node.subtree.cost) ?? 0) / total : 0}
                isInTabOrder={cursor === null ? i === 0 : cursor === row.node.id}
                onToggle={() => toggle(row.node.id)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > most && (
        <button type="button" onClick={() => setMost(most + MORE)}>
          Show more; {(rows.length - most).toLocaleString("en")} are left
        </button>
      )}
    </section>
  );
}

type Moves = Record<"up" | "down" | "parent" | "toggle", () => void>;

/** After the treegrid pattern of the ARIA authoring practices. */
function keyAction(key: string, row: TreeRow, moves: Moves): (() => void) | null {
  switch (key) {
    case "ArrowUp":
      return moves.up;
    case "ArrowDown":
      return moves.down;
    case "ArrowRight":
      return row.children > 0 && !row.isOpen ? moves.toggle : moves.down;
    case "ArrowLeft":
      return row.isOpen ? moves.toggle : moves.parent;
    case "Enter":
      return row.children > 0 ? moves.toggle : null;
    default:
      return null;
  }
}
