import { displayUsd } from "#core/money.ts";
import type { TimelineWindow } from "../api/timeline-shape.ts";
import { usd } from "../format/money.ts";
import { duration } from "../format/time.ts";
import { compact } from "../format/words.ts";
import { perHour } from "../state/timeline-view.ts";
import { numeric, TableHead } from "./table-head.tsx";

/** A stretch of a range: before, inside or after the window. */
export type Section = TimelineWindow["inside"];

export interface Row {
  name: string;
  of(section: Section): string;
  /** False: left out where it is 0 everywhere. */
  always?: boolean;
}

/** What each stretch has of several figures, side by side. */
export function WindowTable({
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

/** What a window is compared by. */
export const USAGE_ROWS: readonly Row[] = [
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
