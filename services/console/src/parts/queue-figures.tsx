import { SEVERITIES } from "#core/severity.ts";
import { count } from "../format/words.ts";
import { summary } from "../state/queue-store.ts";
import { Amount } from "./amount.tsx";
import { SeverityIcon } from "./severity.tsx";

/** The state of things in one line: how much is open, and what it costs. */
export function QueueFigures() {
  const counts = summary.value;
  const open = counts?.open;
  const number = Object.values(open?.severity ?? {}).reduce((sum, n) => sum + n, 0);
  return (
    <dl class="figures">
      <div>
        <dt>Open</dt>
        <dd>
          <span class="big">{counts ? number : "–"}</span>
          <span class="by-severity">
            {SEVERITIES.toReversed().map((severity) => (
              <span key={severity} class={open?.severity[severity] ? severity : "none"}>
                <SeverityIcon severity={severity} />
                {open?.severity[severity] ?? 0}
                <span class="hidden"> {severity}</span>
              </span>
            ))}
          </span>
        </dd>
      </div>
      <div>
        <dt>Not looked at yet</dt>
        <dd>
          <span class="big">{counts ? (counts.status["new"] ?? 0) : "–"}</span>
        </dd>
      </div>
      <div>
        <dt>Excess of the open ones, at least</dt>
        <dd>
          <span class="big">{open ? <Amount amount={open.excess_at_least} /> : "–"}</span>
          {open && open.excess !== open.excess_at_least && (
            <span class="muted" title="Findings on one identity may tell of the same calls">
              at most <Amount amount={open.excess} />
            </span>
          )}
          {open && open.unpriced > 0 && (
            <span class="muted">and {count(open.unpriced, "finding")} unpriced</span>
          )}
        </dd>
      </div>
      <div>
        <dt>Burning now, a day</dt>
        <dd>
          <span class="big">{open ? <Amount amount={open.projected_daily} /> : "–"}</span>
        </dd>
      </div>
    </dl>
  );
}
