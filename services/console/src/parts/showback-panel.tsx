import type { ComponentChildren } from "preact";
import type { FindingDetail } from "../api/findings.ts";
import { count, humanize } from "../format/words.ts";
import { flowPath } from "../state/route.ts";
import { ExactAmount } from "./amount.tsx";

const HOUR = 3_600_000;

/** Who stands behind it and who pays, and how sure that is. */
export function ShowbackPanel({ finding }: { finding: FindingDetail }) {
  const { subject, showback, tenant } = finding;
  const quality = Math.round(showback.attribution_quality * 100);
  return (
    <section class="panel" aria-labelledby="showback-title">
      <h2 id="showback-title">Owner and showback</h2>
      <dl class="pairs">
        <Pair name="Identity">
          {subject.identity && (
            <>
              {subject.identity} {subject.type && <span class="muted">({subject.type})</span>}
            </>
          )}
        </Pair>
        <Pair name="Credential">{subject.credential && <code>{subject.credential}</code>}</Pair>
        <Pair name="Owner">{subject.owner}</Pair>
        <Pair name="Team">{showback.team}</Pair>
        <Pair name="Service">{showback.service}</Pair>
        <Pair name="Cost centre">{showback.cost_center}</Pair>
        <Pair name="Environment">{showback.environment}</Pair>
        <Pair name="Tenant">{tenant}</Pair>
      </dl>
      <dl class="pairs ruled">
        <Pair name="Observed">
          <ExactAmount amount={showback.observed} />
        </Pair>
        <Pair name="Expected">
          <ExactAmount amount={showback.expected} />
        </Pair>
        <Pair name="Excess">
          <strong>
            <ExactAmount amount={showback.excess} />
          </strong>
        </Pair>
        <Pair name="Basis">
          {humanize(showback.basis)}
          {showback.unpriced_events > 0 && (
            <span class="muted"> · {count(showback.unpriced_events, "call")} without a price</span>
          )}
        </Pair>
        <Pair name="Attribution">
          <span class="quality">
            <meter
              min={0}
              max={100}
              low={60}
              high={80}
              optimum={100}
              value={quality}
              aria-label="Attribution quality"
            />
            {quality} %
          </span>
        </Pair>
        <Pair name="">
          <Flags flags={showback.quality} />
        </Pair>
      </dl>
      <p class="links">
        <a href={timelineLink(finding, "identity")}>
          Timeline of {subject.identity ?? "the tenant"}
        </a>
        {subject.credential && (
          <a href={timelineLink(finding, "credential")}>Timeline of the credential</a>
        )}
        {subject.flow && <a href={flowPath(subject.flow, tenant)}>Call tree</a>}
      </p>
    </section>
  );
}

/** What was missing or in conflict stands out from where the rest came from. */
function Flags({ flags }: { flags: readonly string[] }) {
  const bad = flags.filter((flag) => /missing|conflict|inferred|unverified/.test(flag));
  const directory = flags.filter((flag) => flag.endsWith(".directory"));
  const others = flags.filter((flag) => !bad.includes(flag) && !directory.includes(flag));
  return (
    <span class="flags">
      {bad.map((flag) => (
        <span key={flag} class="tag bad">
          {flag}
        </span>
      ))}
      {others.map((flag) => (
        <span key={flag} class="tag">
          {flag}
        </span>
      ))}
      {directory.length > 0 && (
        <span class="muted" title={directory.join(", ")}>
          {count(directory.length, "field")} from the directory
        </span>
      )}
    </span>
  );
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children || <span class="missing">unknown</span>}</dd>
    </div>
  );
}

/** The days around it as far as they are over, with its time marked as the window. */
function timelineLink(
  { subject, tenant, first_seen, last_seen }: FindingDetail,
  of: "identity" | "credential",
): string {
  const from = Date.parse(first_seen);
  const to = Date.parse(last_seen);
  const margin = Math.max(24 * HOUR, (to - from) / 2);
  const end = Math.min(to + Math.min(margin, 24 * HOUR), Math.max(to, Date.now()));
  const params = new URLSearchParams({
    from: new Date(hour(from - margin)).toISOString(),
    to: new Date(hour(end) + HOUR).toISOString(),
    by: of === "identity" ? "model" : "identity",
    tenant,
    ...(subject[of] && { [of]: subject[of] }),
    window: `${new Date(minute(from)).toISOString()}_${new Date(minute(to) + 60_000).toISOString()}`,
  });
  return `/timeline?${params}`;
}

function hour(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

function minute(at: number): number {
  return Math.floor(at / 60_000) * 60_000;
}
