import { readFinding } from "../api/findings.ts";
import { findingPath } from "../state/route.ts";
import { useResource } from "../state/use-resource.ts";
import { Amount } from "./amount.tsx";
import { SeverityIcon } from "./severity.tsx";

const MOST = 8;

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
