import type { TimelineReport } from "../api/timeline-shape.ts";
import { minuteOf } from "../format/time.ts";
import { Amount } from "./amount.tsx";
import { numeric, TableHead } from "./table-head.tsx";

/** The chart's steps that had usage, with the band where there is one. */
export function SpendTable({ report }: { report: TimelineReport }) {
  const band = new Map(report.band?.points.map((point) => [point.start, point]));
  const rows = report.series[0]?.points ?? [];
  return (
    <table>
      <caption class="hidden">Spend by step; steps without usage are left out</caption>
      <TableHead
        columns={["From, UTC", ...["Observed", "Expected", "At most", "Calls"].map(numeric)]}
      />
      <tbody>
        {rows.map((point) => {
          const expected = band.get(point.start);
          return (
            <tr key={point.start}>
              <th scope="row">{minuteOf(point.start)}</th>
              <td class="number">
                <Amount amount={point.cost} />
              </td>
              <td class="number">
                {expected ? <Amount amount={String(expected.expected)} /> : "–"}
              </td>
              <td class="number">{expected ? <Amount amount={String(expected.high)} /> : "–"}</td>
              <td class="number">{point.calls.toLocaleString("en")}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
