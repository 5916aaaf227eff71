import { formatUsd, parseUsd } from "#core/money.ts";
import type { TimelineReport } from "../api/timeline-shape.ts";
import { valueOf } from "../chart/steps.ts";
import { compact, humanize } from "../format/words.ts";
import { addressOf, type TimelineView } from "../state/timeline-view.ts";
import { Amount } from "./amount.tsx";
import { nameOf, slotOf } from "../chart/series-name.ts";
import { numeric, TableHead } from "./table-head.tsx";

/** What the usage is made of; each value leads to itself alone. */
export function TimelineBreakdown({
  report,
  view,
}: {
  report: TimelineReport;
  view: TimelineView;
}) {
  const { series } = report;
  const all = series.reduce((sum, { total }) => sum + valueOf(total, view.metric), 0);
  const cost = formatUsd(series.reduce((sum, { total }) => sum + (parseUsd(total.cost) ?? 0n), 0n));
  return (
    <section class="panel" aria-labelledby="breakdown-title">
      <h2 id="breakdown-title">{view.by ? `By ${view.by}` : "All usage"}</h2>
      <div class="wide">
        <table>
          <TableHead
            columns={[
              view.by ? humanize(view.by) : "Usage",
              ...["Cost", "Share", "Calls", "Tokens", "Errors"].map(numeric),
            ]}
          />
          <tbody>
            {series.map((one, i) => {
              const { total } = one;
              return (
                <tr key={nameOf(one)}>
                  <th scope="row">
                    <span class="series-name">
                      <span class={`swatch s${slotOf(one, i) ?? "-other"}`} />
                      {one.kind === "value" && view.by ? (
                        <a href={narrowed(view, one.value ?? "_none")}>{nameOf(one)}</a>
                      ) : (
                        nameOf(one)
                      )}
                    </span>
                  </th>
                  <td class="number">
                    <Amount amount={total.cost} />
                    {total.unpriced_calls > 0 && (
                      <small class="unpriced"> +{total.unpriced_calls} unpriced</small>
                    )}
                  </td>
                  <td class="number">
                    {all > 0 ? `${((valueOf(total, view.metric) / all) * 100).toFixed(1)} %` : "–"}
                  </td>
                  <td class="number">{total.calls.toLocaleString("en")}</td>
                  <td class="number">{compact(total.input_tokens + total.output_tokens)}</td>
                  <td class="number">{total.errors.toLocaleString("en")}</td>
                </tr>
              );
            })}
          </tbody>
          {series.length > 1 && (
            <tfoot>
              <tr>
                <th scope="row">Together</th>
                <td class="number strong">
                  <Amount amount={cost} />
                </td>
                <td colSpan={4} />
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </section>
  );
}

/** The view of one value alone, split by what is not yet settled. */
function narrowed(view: TimelineView, value: string): string {
  const where = { ...view.where, [view.by!]: value };
  const by =
    where.identity === undefined ? "identity" : where.model === undefined ? "model" : "credential";
  return addressOf({ ...view, where, by });
}
