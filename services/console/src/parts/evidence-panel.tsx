import type { FindingDetail } from "../api/findings.ts";
import { compact, count } from "../format/words.ts";
import { Amount, ExactAmount } from "./amount.tsx";
import { Moment } from "./moment.tsx";
import { flowPath } from "../state/route.ts";
import { numeric, TableHead } from "./table-head.tsx";

/** Calls that show it, and what the money went to. */
export function EvidencePanel({ finding }: { finding: FindingDetail }) {
  const { evidence, subject, tenant } = finding;
  const { samples, top_contributors: contributors, event_ids: ids } = evidence;
  return (
    <section class="panel" aria-labelledby="evidence-title">
      <h2 id="evidence-title">Evidence</h2>
      <p class="muted">
        {count(evidence.events, "call")} contributed.{" "}
        {subject.flow && <a href={flowPath(subject.flow, tenant)}>Open the call tree</a>}
      </p>
      {contributors.length > 0 && (
        <ul class="contributors" aria-label="What the money went to">
          {contributors.map(({ dimension, value, spend, share }) => (
            <li key={`${dimension} ${value}`}>
              <span class="name">
                {value} <span class="muted">{dimension}</span>
              </span>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${share * 100}%` }} />
              </span>
              <span class="number">
                <Amount amount={spend} />
              </span>
              <span class="number muted">{(share * 100).toFixed(1)} %</span>
            </li>
          ))}
        </ul>
      )}
      {samples.length > 0 && (
        <div class="wide">
          <table>
            <caption class="hidden">Sampled calls</caption>
            <TableHead
              columns={[
                "Time, UTC",
                "Model",
                "Status",
                ...["Input", "Output", "Cost"].map(numeric),
                "Event",
              ]}
            />
            <tbody>
              {samples.map((sample) => (
                <tr key={sample.id}>
                  <td>
                    <Moment at={sample.time} text={sample.time.slice(0, 19).replace("T", " ")} />
                  </td>
                  <td>{sample.model ?? "–"}</td>
                  <td class={sample.status === "ok" ? "" : "critical"}>{sample.status ?? "–"}</td>
                  <td class="number">
                    {sample.input_tokens === null ? "–" : compact(sample.input_tokens)}
                  </td>
                  <td class="number">
                    {sample.output_tokens === null ? "–" : compact(sample.output_tokens)}
                  </td>
                  <td class="number">
                    <ExactAmount amount={sample.cost} />
                  </td>
                  <td>
                    <code>{sample.id}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {ids.length > 0 && (
        <details>
          <summary>{count(ids.length, "event id")}, the first and the newest</summary>
          <p class="ids mono">{ids.join("  ")}</p>
        </details>
      )}
    </section>
  );
}
