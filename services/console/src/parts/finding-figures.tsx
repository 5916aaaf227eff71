import { isBurning } from "#core/finding/burning.ts";
import type { FindingDetail } from "../api/findings.ts";
import { duration } from "../format/time.ts";
import { count } from "../format/words.ts";
import { ExactAmount, MainAmount } from "./amount.tsx";
import { Moment } from "./moment.tsx";

const PACE_WORDS = {
  burning: "If it goes on, a day",
  quiet: "When last seen, a day",
  over: "At its end, a day",
};

/** The money and the time of a finding; amounts to the cent and exactly as the API has them. */
export function FindingFigures({ finding }: { finding: FindingDetail }) {
  const { showback, detected_after, first_seen, last_seen, opened_at, closed_at } = finding;
  const now = Date.now();
  const pace = closed_at !== null ? "over" : isBurning(finding, now) ? "burning" : "quiet";
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
        <dt>{PACE_WORDS[pace]}</dt>
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
            ; {pace === "burning" ? "going on for" : "lasted"} {duration(lasted)}
            {pace === "quiet" && `, quiet for ${duration(now - Date.parse(last_seen))}`}
          </span>
        </dd>
      </div>
    </dl>
  );
}
