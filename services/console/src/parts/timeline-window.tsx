import { displayUsd } from "#core/money.ts";
import type { TimelineWindow as Window } from "../api/timeline-shape.ts";
import { usd } from "../format/money.ts";
import { duration, shortTime } from "../format/time.ts";
import { compact } from "../format/words.ts";
import { perHour, type Split } from "../state/timeline-view.ts";
import { MainAmount } from "./amount.tsx";
import { nameOf } from "../chart/series-name.ts";
import { numeric, TableHead } from "./table-head.tsx";

interface TimelineWindowProps {
  window: Window | null;
  by: Split | null;
  clear(): void;
  /** Marks the middle of the range, for who cannot drag. */
  markMiddle(): void;
}

type Section = Window["inside"];

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
        <SectionTable
          caption="Usage"
          sections={sections}
          rows={ROWS.filter(
            ({ always, of }) => always !== false || sections.some((one) => of(one) !== "0"),
          )}
        />
        {inside.split.length > 0 && (
          <SectionTable
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

interface Row {
  name: string;
  of(section: Section): string;
  /** False: left out where it is 0 everywhere. */
  always?: boolean;
}

function SectionTable({
  caption,
  sections,
  rows,
}: {
  caption: string;
  sections: readonly Section[];
  rows: readonly Row[];
}) {
  return (
    <table>
      <TableHead
        columns={[
          caption,
          numeric("Before"),
          { name: "Inside", class: "number inside" },
          numeric("After"),
        ]}
      />
      <tbody>
        {rows.map(({ name, of }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {sections.map((section, i) => (
              <td key={i} class={i === 1 && !isNil(of(section)) ? "number inside" : "number"}>
                {of(section)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const ROWS: readonly Row[] = [
  { name: "Length", of: (section) => duration(lengthOf(section)) },
  { name: "Cost", of: ({ total }) => usd(total.cost) },
  {
    name: "Cost per hour",
    of: (section) => displayUsd(perHour(section.total.cost, spanOf(section))),
  },
  { name: "Calls", of: ({ total }) => total.calls.toLocaleString("en") },
  { name: "Calls per hour", of: (section) => rate(section.total.calls, lengthOf(section)) },
  { name: "Errors", of: ({ total }) => share(total.errors, total.calls) },
  { name: "Input tokens", of: ({ total }) => compact(total.input_tokens) },
  { name: "Output tokens", of: ({ total }) => compact(total.output_tokens) },
  {
    name: "Calls without a price",
    of: ({ total }) => total.unpriced_calls.toLocaleString("en"),
    always: false,
  },
];

function isNil(text: string): boolean {
  return text === "$0.00" || text === "0";
}

function spanOf({ from, to }: Section) {
  return { from: Date.parse(from), to: Date.parse(to) };
}

function lengthOf(section: Section): number {
  const { from, to } = spanOf(section);
  return to - from;
}

function rate(calls: number, length: number): string {
  if (length <= 0) return "–";
  return ((calls * 3_600_000) / length).toLocaleString("en", { maximumSignificantDigits: 3 });
}

function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  return `${part.toLocaleString("en")} (${((part / whole) * 100).toFixed(1)} %)`;
}
