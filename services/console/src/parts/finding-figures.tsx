import type { FindingDetail } from "../api/findings.ts";
import { duration } from "../format/time.ts";
import { count } from "../format/words.ts";
import { ExactAmount, MainAmount } from "./amount.tsx";
import { Moment } from "./moment.tsx";

/** The money and the time of a finding; amounts to the cent and exactly as the API has them. */
export function FindingFigures({ finding }: { finding: FindingDetail }) {
  const { showback, detected_after, first_seen, last_seen, opened_at, closed_at } = finding;
  const lasted = Date.parse(last_seen) - Date.parse(first_seen);
  return (
    <dl class="figures finding-figures">
      <div>
        <dt>Excess</dt>
        <dd class="excess">
          <MainAmount amount={showback.excess} />
        </dd>
      </div>
      <div>
        <dt>Observed</dt>
        <dd>
          <MainAmount amount={showback.observed} />
        </dd>
      </div>
      <div>
        <dt>Expected</dt>
        <dd>
          <MainAmount amount={showback.expected} />
        </dd>
      </div>
      <div>
        <dt>{closed_at === null ? "If it goes on, per day" : "At its end, per day"}</dt>
        <dd>
          <MainAmount amount={showback.projected_daily} />
        </dd>
      </div>
      <div>
        <dt>Detected, UTC</dt>
        <dd>
          <span class="big">
            <Moment at={opened_at} />
          </span>
          <span class="muted">
            after {count(detected_after.events, "call")}
            {detected_after.spend !== null && (
              <>
                {" and "}
                <ExactAmount amount={detected_after.spend} />
              </>
            )}
            ; {closed_at === null ? "going on for" : "lasted"} {duration(lasted)}
          </span>
        </dd>
      </div>
    </dl>
  );
}
