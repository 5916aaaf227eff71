import type { TimelineWindow as Window } from "../api/timeline-shape.ts";
import { usd } from "../format/money.ts";
import { shortTime } from "../format/time.ts";
import type { Split } from "../state/timeline-view.ts";
import { MainAmount } from "./amount.tsx";
import { nameOf } from "../chart/series-name.ts";
import { USAGE_ROWS, WindowTable } from "./window-table.tsx";

interface TimelineWindowProps {
  window: Window | null;
  by: Split | null;
  clear(): void;
  /** Marks the middle of the range, for who cannot drag. */
  markMiddle(): void;
}

const BASIS_WORDS: Readonly<Record<Window["basis"], string>> = {
  band: "by the identity's own baseline",
  before: "by the rate before the window",
  none: "nothing to compare with: no usage before the window",
};

/** A marked window against what was before and after: how it differs, and what was too much in it. */
export function TimelineWindow({ window, by, clear, markMiddle }: TimelineWindowProps) {
  if (!window) {
    return (
      <p class="hint">
        Mark a window to set it against the rest: choose “Mark a window” and drag over the chart,
        mark the time of a finding below, or{" "}
        <button type="button" class="link" onClick={markMiddle}>
          mark the middle
        </button>{" "}
        and move its ends by the arrow keys.
      </p>
    );
  }
  const { before, inside, after } = window;
  const sections = [before, inside, after];
  return (
    <section class="panel compared" aria-labelledby="window-title">
      <div class="chart-head">
        <h2 id="window-title">
          Window {shortTime(inside.from)} – {shortTime(inside.to)} UTC
        </h2>
        <span class="grow" />
        <button type="button" onClick={clear}>
          Clear the window
        </button>
      </div>
      <dl class="figures window-figures">
        <div>
          <dt>Excess in the window</dt>
          <dd class="excess">
            <MainAmount amount={window.excess} />
          </dd>
        </div>
        <div>
          <dt>Spent in it</dt>
          <dd>
            <MainAmount amount={inside.total.cost} />
          </dd>
        </div>
        <div>
          <dt>Expected in it</dt>
          <dd>
            <MainAmount amount={window.expected} />
            <span class="muted">
              {BASIS_WORDS[window.basis]}
              {window.upper !== null && `, at most ${usd(window.upper)}`}
            </span>
          </dd>
        </div>
      </dl>
      <div class="compared-tables">
        <WindowTable
          caption="Usage"
          sections={sections}
          rows={USAGE_ROWS.filter(
            ({ always, of }) => always !== false || sections.some((one) => of(one) !== "0"),
          )}
        />
        {inside.split.length > 0 && (
          <WindowTable
            caption={`Cost by ${by}`}
            sections={sections}
            rows={inside.split.map((one, i) => ({
              name: nameOf(one),
              of: ({ split }) => usd(split[i]?.total.cost ?? "0"),
            }))}
          />
        )}
      </div>
    </section>
  );
}
