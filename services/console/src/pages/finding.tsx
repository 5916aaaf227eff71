import { useEffect } from "preact/hooks";
import { type FindingDetail, readFinding } from "../api/findings.ts";
import { EvidencePanel } from "../parts/evidence-panel.tsx";
import { FactsPanel } from "../parts/facts-panel.tsx";
import { FindingChart } from "../parts/finding-chart.tsx";
import { FindingFigures } from "../parts/finding-figures.tsx";
import { FindingHeader } from "../parts/finding-header.tsx";
import { HistoryPanel } from "../parts/history-panel.tsx";
import { RelatedFindings } from "../parts/related-panel.tsx";
import { ShowbackPanel } from "../parts/showback-panel.tsx";
import { Failure, Skeleton } from "../parts/states.tsx";
import { ThreatsPanel } from "../parts/threats-panel.tsx";
import { onLive } from "../state/live.ts";
import { goBack } from "../state/location.ts";
import { me } from "../state/me.ts";
import { setCursor } from "../state/queue-store.ts";
import { openNeighbour } from "../state/neighbours.ts";
import { assignToMe, changed, judge } from "../state/triage.ts";
import { useKeys } from "../state/use-keys.ts";
import { type Resource, useResource } from "../state/use-resource.ts";
import { useTitle } from "../state/use-title.ts";

/** One finding: why, how much, who pays, what to do. */
export function FindingPage({ id }: { id: string }) {
  const resource = useResource(id, (signal) => readFinding(id, signal));
  const finding = resource.data;
  useTitle(finding?.title ?? "Finding");
  useNews(id, resource);
  useFindingKeys(finding);
  useEffect(() => setCursor(id), [id]);
  if (!finding) {
    return (
      <main id="main">
        <h1 class="hidden">Finding</h1>
        {resource.error ? <Failure error={resource.error} retry={resource.reload} /> : <Skeleton />}
      </main>
    );
  }
  return (
    <main id="main" class="finding">
      <FindingHeader finding={finding} />
      <FindingFigures finding={finding} />
      <div class="finding-body">
        <div class="column">
          <section class="panel why" aria-labelledby="why-title">
            <h2 id="why-title">Why</h2>
            <p>{finding.explanation}</p>
          </section>
          <FindingChart finding={finding} />
          <section class="panel" aria-labelledby="runbook-title">
            <h2 id="runbook-title">What to do</h2>
            <div class="prose">
              {finding.runbook.split("\n\n").map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
            </div>
          </section>
          <FactsPanel facts={finding.facts} />
          <EvidencePanel finding={finding} />
        </div>
        <div class="column">
          <ShowbackPanel finding={finding} />
          <RelatedFindings finding={finding} />
          <HistoryPanel finding={finding} onChange={resource.set} />
          <ThreatsPanel threats={finding.threats} />
        </div>
      </div>
    </main>
  );
}

/** What anybody changes meanwhile shows at once. */
function useNews(id: string, { data, reload, set }: Resource<FindingDetail>): void {
  const own = changed.value;
  useEffect(() => {
    if (own?.id === id && own.revision > (data?.revision ?? 0)) set(own);
  }, [own]);
  useEffect(
    () =>
      onLive({
        onEntries(entries) {
          if (entries.some((entry) => entry.finding.id === id)) reload();
        },
        onGap: reload,
      }),
    [id, reload],
  );
}

function useFindingKeys(finding: FindingDetail | null): void {
  const mayTriage = finding !== null && me.value?.may_triage === true;
  useKeys({
    Escape: goBack,
    "[": () => openNeighbour(-1),
    "]": () => openNeighbour(1),
    ...(mayTriage && {
      i: () => void assignToMe([finding], false),
      a: () => void assignToMe([finding], true),
      d: () => judge([finding], "verdict"),
      s: () => judge([finding], "status"),
      n: () => document.querySelector<HTMLElement>("#note")?.focus(),
    }),
  });
}
