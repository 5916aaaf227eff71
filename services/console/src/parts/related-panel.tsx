import { type FindingDetail, findingsOn, readFinding } from "../api/findings.ts";
import { findingPath } from "../state/route.ts";
import { useResource } from "../state/use-resource.ts";
import { Amount } from "./amount.tsx";
import { SeverityIcon } from "./severity.tsx";

const MOST = 8;

/** The findings that a finding names, and the worst others of its identity. */
export function RelatedFindings({ finding }: { finding: FindingDetail }) {
  const { id, tenant, subject, related } = finding;
  const { identity } = subject;
  const { data } = useResource(`findings on ${tenant} ${identity}`, async (signal) =>
    identity === null ? [] : findingsOn(tenant, identity, MOST + 1, signal),
  );
  const others = (data ?? []).filter((other) => other.id !== id).map((other) => other.id);
  return <RelatedPanel ids={[...new Set([...related, ...others])]} title="Related" />;
}

interface RelatedProps {
  ids: readonly string[];
  title: string;
}

/** Other findings, with what each is and costs. */
export function RelatedPanel({ ids, title }: RelatedProps) {
  const shown = ids.slice(0, MOST);
  const { data } = useResource(shown.join(), (signal) =>
    Promise.all(shown.map((id) => readFinding(id, signal).catch(() => null))),
  );
  if (ids.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="related-title">
      <h2 id="related-title">{title}</h2>
      <ul class="related">
        {shown.map((id, i) => {
          const finding = data?.[i];
          return (
            <li key={id}>
              {finding && <SeverityIcon severity={finding.severity} />}
              <a href={findingPath(id)}>{finding?.title ?? id}</a>
              {finding && <Amount amount={finding.showback.excess} />}
            </li>
          );
        })}
      </ul>
      {ids.length > MOST && <p class="muted">and {ids.length - MOST} more</p>}
    </section>
  );
}
