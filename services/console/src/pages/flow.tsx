import { readFlow, type FlowReport } from "../api/flows.ts";
import { CallTree } from "../parts/call-tree.tsx";
import { FlowAgents } from "../parts/flow-agents.tsx";
import { FlowFigures } from "../parts/flow-figures.tsx";
import { RelatedPanel } from "../parts/related-panel.tsx";
import { Failure, Skeleton } from "../parts/states.tsx";
import { goBack, search } from "../state/location.ts";
import { useKeys } from "../state/use-keys.ts";
import { useResource } from "../state/use-resource.ts";
import { useTitle } from "../state/use-title.ts";

/** The calls of one flow, with what each of them cost and what everything below it did. */
export function FlowPage({ id }: { id: string }) {
  useTitle(`Flow ${id}`);
  useKeys({ Escape: goBack });
  const { data, error, reload } = useResource(`${id} ${search.value}`, (signal) =>
    readFlow(id, search.value, signal),
  );
  return (
    <main id="main" class="flow">
      <header class="finding-name">
        <p class="crumbs">
          <a href="/">Queue</a>
          <span aria-hidden="true">/</span>
          <span class="muted">Flow</span>
        </p>
        <h1 class="mono">{id}</h1>
      </header>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton />}
      {data && <Drawn flow={data} />}
    </main>
  );
}

const PARTIAL_WORDS: Readonly<Record<NonNullable<FlowReport["partial"]>, string>> = {
  range:
    "It reaches the ends of the stretch of the log that was read; it may be longer than shown.",
  calls: "It has more calls than are shown.",
  scan: "Reading the log was cut short; it may be longer than shown.",
};

function Drawn({ flow }: { flow: FlowReport }) {
  return (
    <>
      <FlowFigures flow={flow} />
      {flow.partial && (
        <p class="notice" role="note">
          {PARTIAL_WORDS[flow.partial]}
        </p>
      )}
      {flow.lineage !== "edges" && (
        <p class="notice" role="note">
          The calls of this flow only share a session and do not name their parents: they are listed
          by agent, and no edge is invented.
        </p>
      )}
      <div class="flow-body">
        <CallTree flow={flow} />
        <div class="column">
          <RelatedPanel ids={flow.findings} title="Findings on this flow" />
          <FlowAgents flow={flow} />
        </div>
      </div>
    </>
  );
}
