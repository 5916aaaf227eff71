import type { TimelineReport } from "../api/timeline-shape.ts";
import { type Metric, valueOf } from "../chart/steps.ts";
import { minuteOf } from "../format/time.ts";
import { Amount } from "./amount.tsx";
import { nameOf } from "../chart/series-name.ts";
import { numeric, TableHead } from "./table-head.tsx";

/** The chart's steps that had usage, a column for each series. */
export function TimelineTable({ report, metric }: { report: TimelineReport; metric: Metric }) {
  const { series } = report;
  const starts = [...new Set(series.flatMap(({ points }) => points.map(({ start }) => start)))];
  const columns = series.map(({ points }) => new Map(points.map((point) => [point.start, point])));
  return (
    <table>
      <caption class="hidden">By step; steps without usage are left out</caption>
      <TableHead columns={["From, UTC", ...series.map((one) => numeric(nameOf(one)))]} />
      <tbody>
        {starts.toSorted().map((start) => (
          <tr key={start}>
            <th scope="row">{minuteOf(start)}</th>
            {columns.map((column, i) => {
              const point = column.get(start);
              return (
                <td key={i} class="number">
                  {point && metric === "cost" && <Amount amount={point.cost} />}
                  {point && metric !== "cost" && valueOf(point, metric).toLocaleString("en")}
                  {!point && "–"}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
