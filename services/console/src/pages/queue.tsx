import { useEffect, useRef } from "preact/hooks";
import { Filters } from "../parts/filters.tsx";
import { QueueFigures } from "../parts/queue-figures.tsx";
import { QueueRow, QUEUE_COLUMNS } from "../parts/queue-row.tsx";
import { QueueTools } from "../parts/queue-tools.tsx";
import { Empty, Failure, Skeleton } from "../parts/states.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { count } from "../format/words.ts";
import { filterFrom, isNarrowed, OPEN } from "../state/filter.ts";
import { navigate, search } from "../state/location.ts";
import { me } from "../state/me.ts";
import {
  failure,
  holdQueue,
  loading,
  loadMore,
  moveBy,
  queue,
  reloadQueue,
  showQueue,
  summary,
} from "../state/queue-store.ts";
import { findingPath } from "../state/route.ts";
import {
  clearSelection,
  extendSelection,
  selection,
  toggleAll,
  toggleSelected,
} from "../state/selection.ts";
import { assignToMe, judge } from "../state/triage.ts";
import { useKeys } from "../state/use-keys.ts";
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

function useQueueKeys(): void {
  const current = () => queue.value.rows.filter(({ id }) => id === queue.value.cursor);
  const chosen = () => (selection.value.length > 0 ? selection.value : current());
  const open = (): void => {
    for (const { id } of current()) navigate(findingPath(id));
  };
  const mayTriage = me.value?.may_triage === true;
  useKeys({
    j: () => moveBy(1),
    k: () => moveBy(-1),
    J: () => extendSelection(1),
    K: () => extendSelection(-1),
    x: () => current().forEach(({ id }) => toggleSelected(id)),
    o: open,
    Enter: open,
    r: reloadQueue,
    "/": () => document.querySelector<HTMLElement>("#filter-text")?.focus(),
    Escape: () => {
      if (selection.value.length > 0) clearSelection();
      else (document.activeElement as HTMLElement | null)?.blur();
    },
    ...(mayTriage && {
      i: () => void assignToMe(chosen(), false),
      a: () => void assignToMe(chosen(), true),
      d: () => judge(chosen(), "verdict"),
      s: () => judge(chosen(), "status"),
    }),
  });
}

function NothingHere() {
  const filter = filterFrom(search.value);
  if (isNarrowed(filter) || filter.status !== OPEN) {
    return (
      <Empty title="No finding passes the filter.">
        <p>
          <a href="/?status=all">Show every finding</a>
        </p>
      </Empty>
    );
  }
  const all = Object.values(summary.value?.status ?? {}).reduce((sum, n) => sum + n, 0);
  if (all > 0) {
    return (
      <Empty title="Nothing is open.">
        <p>
          <a href="/?status=all">{count(all, "finding")} looked at already</a>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No finding yet.">
      <p>Detection works on what comes in. Send usage events:</p>
      <pre>
        {`curl ${location.origin}/v1/events -d '{"id":"call-1","time":"${new Date().toISOString()}","identity":{"id":"svc-1"}}'`}
      </pre>
      <p class="muted">
        Or stop the service and run `npm run demo` for a week with something in it.
      </p>
    </Empty>
  );
}
