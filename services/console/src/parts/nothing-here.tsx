import { count } from "../format/words.ts";
import { filterFrom, isNarrowed, OPEN } from "../state/filter.ts";
import { search } from "../state/location.ts";
import { summary } from "../state/queue-store.ts";
import { Empty } from "./states.tsx";

/** Why the queue is empty, and where to go from here. */
export function NothingHere() {
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
