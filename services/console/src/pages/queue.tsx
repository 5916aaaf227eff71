import { useEffect, useRef } from "preact/hooks";
import { Filters } from "../parts/filters.tsx";
import { NothingHere } from "../parts/nothing-here.tsx";
import { QueueFigures } from "../parts/queue-figures.tsx";
import { QueueRow, QUEUE_COLUMNS } from "../parts/queue-row.tsx";
import { QueueTools } from "../parts/queue-tools.tsx";
import { Failure, Skeleton } from "../parts/states.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { filterFrom } from "../state/filter.ts";
import { search } from "../state/location.ts";
import {
  failure,
  holdQueue,
  loading,
  loadMore,
  queue,
  reloadQueue,
  showQueue,
  summary,
} from "../state/queue-store.ts";
import { selection, toggleAll } from "../state/selection.ts";
import { useQueueKeys } from "../state/use-queue-keys.ts";
import { useTitle } from "../state/use-title.ts";

const ROW_HEIGHT = 52;
const HEAD_HEIGHT = 32;

/** What is wrong now, the worst first. */
export function QueuePage() {
  const filter = filterFrom(search.value);
  useTitle("Queue");
  useEffect(() => showQueue(filter), [search.value]);
  useQueueKeys();
  return (
    <main id="main" class="queue">
      <h1 class="hidden">Queue</h1>
      <QueueFigures />
      <div class="queue-body">
        <Filters filter={filter} counts={summary.value} />
        <section class="queue-list" aria-labelledby="findings-title">
          <QueueTools filter={filter} />
          <List />
        </section>
      </div>
    </main>
  );
}

function List() {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, cursor } = queue.value;
  useFollowCursor(scroller.current, cursor);
  if (failure.value) return <Failure error={failure.value} retry={reloadQueue} />;
  if (rows.length === 0) return loading.value ? <Skeleton rows={8} /> : <NothingHere />;
  return (
    <div class="scroller" ref={scroller} onPointerMove={holdQueue} onScroll={holdQueue}>
      <div role="table" aria-label="Findings" aria-rowcount={rows.length + 1}>
        <div role="row" class="head" aria-rowindex={1}>
          <span role="columnheader">
            <input
              type="checkbox"
              aria-label="Select all that are shown"
              checked={selection.value.length === rows.length}
              onChange={toggleAll}
            />
          </span>
          {QUEUE_COLUMNS.map((name) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <VirtualRows
          scroller={scroller}
          items={rows}
          keyOf={(finding) => finding.id}
          rowHeight={ROW_HEIGHT}
          headHeight={HEAD_HEIGHT}
          cursor={cursor}
          onEnd={loadMore}
        >
          {(finding) => <QueueRow finding={finding} />}
        </VirtualRows>
      </div>
    </div>
  );
}

/** The keyboard's focus goes along with the cursor, so that a screen reader reads the row. */
function useFollowCursor(scroller: HTMLElement | null, cursor: string | null): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (cursor === null || !scroller) return;
    const wasFirst = isFirst.current;
    isFirst.current = false;
    if (wasFirst || document.querySelector("dialog[open]")) return;
    // A key may have moved it on since: focus would pull it back.
    if (queue.peek().cursor !== cursor) return;
    scroller
      .querySelector<HTMLElement>(`[data-finding="${cursor}"]`)
      ?.focus({ preventScroll: true });
  }, [cursor, scroller]);
}
