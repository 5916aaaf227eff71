import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createSortWindow,
  isBefore,
  SORT_WINDOW,
  type Sortable,
} from "#core/pipeline/sort-window.ts";
import { DAY, type EventTime, SECOND } from "#core/time.ts";
import { START } from "#test/support/observed.ts";

const at = (time: EventTime, id = String(time)): Sortable => ({ at: time, event: { id } });

/** Offsets from the start in the order in which a window lets them go, taken after every entry. */
function passed(offsets: readonly number[]): number[] {
  const window = createSortWindow<Sortable>();
  const out: Sortable[] = [];
  for (const offset of offsets) {
    window.push(at(START + offset));
    out.push(...window.take(false));
  }
  return [...out, ...window.take(true)].map((entry) => entry.at - START);
}

describe("sort window", () => {
  it("holds an entry until one arrives that is a window newer", () => {
    const window = createSortWindow<Sortable>();
    window.push(at(START));
    window.push(at(START + SORT_WINDOW - 1));
    expect(window.take(false)).toEqual([]);
    window.push(at(START + SORT_WINDOW));
    expect(window.take(false)).toEqual([at(START)]);
    expect(window.take(true).map((entry) => entry.at - START)).toEqual([
      SORT_WINDOW - 1,
      SORT_WINDOW,
    ]);
    expect(window.take(true)).toEqual([]);
  });

  it("orders entries of one moment by id", () => {
    const window = createSortWindow<Sortable>();
    for (const id of ["b", "c", "a"]) window.push(at(START, id));
    expect(window.take(true).map(({ event }) => event.id)).toEqual(["a", "b", "c"]);
  });

  it("orders any stream whose lines stand less than a window apart", () => {
    const line = fc.record({ gap: fc.nat(30 * SECOND), delay: fc.nat(SORT_WINDOW - 1) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 200 }), (lines) => {
        let time = 0;
        const arrivals = lines.map(({ gap, delay }) => ({ at: (time += gap), seen: time + delay }));
        const offsets = arrivals.toSorted((a, b) => a.seen - b.seen).map((entry) => entry.at);
        expect(passed(offsets)).toEqual(offsets.toSorted((a, b) => a - b));
      }),
    );
  });

  it("lets nobody wait for a stray line of the far future", () => {
    const stray = 300 * DAY;
    const lines = [0, 10 * SECOND, stray, 5 * SECOND, 90 * SECOND, 70 * SECOND, 200 * SECOND];
    expect(passed(lines)).toEqual([...lines].toSorted((a, b) => a - b));
  });

  it("keeps its order around stray lines that do not lie together", () => {
    const lines = [0, 300 * DAY, 20 * SECOND, 600 * DAY, 10 * SECOND, 80 * SECOND, 75 * SECOND];
    expect(passed(lines)).toEqual([...lines].toSorted((a, b) => a - b));
  });

  it("follows a leap that a second line confirms", () => {
    const window = createSortWindow<Sortable>();
    for (const offset of [0, 3 * DAY, 3 * DAY + SECOND]) window.push(at(START + offset));
    expect(window.take(false).map((entry) => entry.at - START)).toEqual([0]);
    window.push(at(START + 3 * DAY + SORT_WINDOW));
    expect(window.take(false).map((entry) => entry.at - START)).toEqual([3 * DAY]);
  });

  it("keeps a sparse stream in order, a line every other day", () => {
    const lines = [0, 2, 4, 6, 8].map((day) => day * DAY);
    expect(passed(lines)).toEqual(lines);
  });
});

describe("clean order", () => {
  it.each([
    ["an earlier time", at(1, "z"), at(2, "a"), true],
    ["a later time", at(2, "a"), at(1, "z"), false],
    ["a smaller id at the same time", at(1, "a"), at(1, "b"), true],
    ["a larger id at the same time", at(1, "b"), at(1, "a"), false],
    ["itself", at(1, "a"), at(1, "a"), false],
  ])("puts %s first: %s", (_, a, b, first) => {
    expect(isBefore(a, b)).toBe(first);
  });
});
