import { useMemo } from "preact/hooks";
import { parseUsd } from "#core/money.ts";
import { DAY, HOUR } from "#core/time.ts";
import { Chart } from "../chart/chart.tsx";
import { stepsOf } from "../chart/steps.ts";
import type { FindingDetail } from "../api/findings.ts";
import { readTimeline } from "../api/timeline.ts";
import type { TimelineReport } from "../api/timeline-shape.ts";
import { usd, usdAxis } from "../format/money.ts";
import { shortTime } from "../format/time.ts";
import { useResource } from "../state/use-resource.ts";
import { Failure, Skeleton } from "./states.tsx";
import { SpendTable } from "./spend-table.tsx";

const LONG = 20 * DAY;

/** What the identity spent around the finding, against what it usually does. */
export function FindingChart({ finding }: { finding: FindingDetail }) {
  const range = useMemo(() => rangeOf(finding), [finding.id, finding.last_seen]);
  const key = `${finding.id} ${range.from} ${range.to}`;
  const { identity } = finding.subject;
  const { data, error, reload } = useResource(
    key,
    (signal) => readTimeline({ ...range, tenant: finding.tenant, identity }, signal),
    { keep: true },
  );
  return (
    <section class="panel" aria-labelledby="chart-title">
      {data ? (
        <Drawn report={data} finding={finding} />
      ) : (
        <>
          <h2 id="chart-title">Spend</h2>
          {error ? <Failure error={error} retry={reload} /> : <Skeleton rows={5} />}
        </>
      )}
    </section>
  );
}

function Drawn({ report, finding }: { report: TimelineReport; finding: FindingDetail }) {
  const steps = useMemo(() => stepsOf(report, "cost"), [report]);
  const { identity } = finding.subject;
  const points = new Map(report.series[0]?.points.map((point) => [Date.parse(point.start), point]));
  const band = new Map(report.band?.points.map((point) => [Date.parse(point.start), point]));
  const unit = report.step_ms === HOUR ? "hour" : "step";
  const who = identity ?? "the tenant";
  return (
    <Chart
      heading={
        <h2 id="chart-title">
          Spend of {who} per {unit}
        </h2>
      }
      summary={sentence(report, finding, unit)}
      steps={steps}
      options={{
        slots: report.series.map((_, i) => i),
        label: usdAxis,
        height: 250,
        marks: [{ at: Date.parse(finding.opened_at), text: "Detected" }],
        stretch: { from: Date.parse(finding.first_seen), to: Date.parse(finding.last_seen) },
      }}
      readout={(index) => {
        const at = steps.starts[index]!;
        const expected = band.get(at);
        return `${shortTime(at)} UTC · ${usd(points.get(at)?.cost ?? "0")} · ${
          expected
            ? `expected ${usd(String(expected.expected))}, at most ${usd(String(expected.high))}`
            : "no expectation yet"
        }`;
      }}
      table={<SpendTable report={report} />}
      legend={
        <ul class="legend" aria-label="Legend">
          <li>
            <span class="swatch s0" /> Observed
          </li>
          {steps.band && (
            <li>
              <span class="swatch band" /> Expected band
            </li>
          )}
          <li>
            <span class="swatch stretch" /> The finding
          </li>
          <li>
            <span class="swatch mark" /> Detected
          </li>
        </ul>
      }
    />
  );
}

function sentence(
  report: TimelineReport,
  { subject, opened_at }: FindingDetail,
  unit: string,
): string {
  const points = report.series[0]?.points ?? [];
  const dearest = points.reduce<(typeof points)[number] | null>(
    (most, point) => (most && pico(most.cost) >= pico(point.cost) ? most : point),
    null,
  );
  if (!dearest) return "There is no usage in this stretch of time.";
  const band = report.band?.points.find(({ start }) => start === dearest.start);
  const expectation = band
    ? `, where ${usd(String(band.expected))} is usual and ${usd(String(band.high))} the most to expect`
    : "";
  return `The dearest ${unit} of ${subject.identity ?? "the tenant"} began ${shortTime(dearest.start)} UTC and cost ${usd(dearest.cost)}${expectation}. Detected ${shortTime(opened_at)} UTC.`;
}

/** A day before, some hours after, by the hour; longer findings by six. */
function rangeOf({ first_seen, last_seen }: FindingDetail) {
  const first = Date.parse(first_seen);
  const last = Date.parse(last_seen);
  const step = last - first > LONG ? 6 * HOUR : HOUR;
  return {
    from: Math.floor((first - DAY) / step) * step,
    to: Math.ceil((last + 6 * HOUR) / step) * step,
    step,
  };
}

function pico(amount: string): bigint {
  return parseUsd(amount) ?? 0n;
}
