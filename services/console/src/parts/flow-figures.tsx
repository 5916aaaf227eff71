import type { FlowReport } from "../api/flows.ts";
import { duration } from "../format/time.ts";
import { compact, count } from "../format/words.ts";
import { MainAmount } from "./amount.tsx";
import { Moment } from "./moment.tsx";

/** What the whole flow came to. */
export function FlowFigures({ flow }: { flow: FlowReport }) {
  const { total, nodes, lineage, depth } = flow;
  const first = nodes.reduce<string | null>(
    (a, { first: b }) => (a === null || b < a ? b : a),
    null,
  );
  const last = nodes.reduce<string | null>((a, { last: b }) => (a === null || b > a ? b : a), null);
  return (
    <dl class="figures flow-figures">
      <div>
        <dt>Cost</dt>
        <dd>
          <MainAmount amount={total.cost} />
          {total.unpriced_calls > 0 && (
            <span class="unpriced">and {count(total.unpriced_calls, "call")} unpriced</span>
          )}
        </dd>
      </div>
      <div>
        <dt>Calls</dt>
        <dd class="big">{total.calls.toLocaleString("en")}</dd>
      </div>
      <div>
        <dt>Tokens</dt>
        <dd>
          <span class="big">{compact(total.input_tokens + total.output_tokens)}</span>
          <span class="muted">{compact(total.output_tokens)} of them output</span>
        </dd>
      </div>
      <div>
        <dt>Levels</dt>
        <dd class="big">{lineage === "edges" ? depth : "–"}</dd>
      </div>
      <div>
        <dt>Began, UTC</dt>
        <dd>
          {first && (
            <span class="big">
              <Moment at={first} />
            </span>
          )}
          {first && last && (
            <span class="muted">took {duration(Date.parse(last) - Date.parse(first))}</span>
          )}
        </dd>
      </div>
    </dl>
  );
}
