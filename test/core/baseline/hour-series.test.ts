import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  baselineOf,
  createHourSeries,
  hold,
  hourOf,
  type HourSeries,
  lastHours,
  LONGEST,
  roll,
  WINDOW_DAYS,
} from "#core/baseline/hour-series.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { START } from "#test/support/observed.ts";

/** A series after the given hours: amounts by hours since the start, in that order. */
function seriesOf(hours: readonly (readonly [hour: number, amount: number])[]): HourSeries {
  const series = createHourSeries();
  for (const [hour, amount] of hours) count(series, hour, amount);
  return series;
}

function count(series: HourSeries, hour: number, amount: number): void {
  roll(series, START + hour * HOUR);
  add(series, START + hour * HOUR, amount);
}

const NOTHING = { peak: 0, window: 0, mean: 0, activeHours: 0 };

describe("hour series", () => {
  it("knows nothing before anything was learned", () => {
    expect(baselineOf(createHourSeries())).toEqual(NOTHING);
  });

  it("learns an hour when the sixth one after it begins", () => {
    const series = seriesOf([
      [0, 5],
      [1, 7],
      [5, 9],
    ]);
    expect(baselineOf(series)).toEqual(NOTHING);
    count(series, LONGEST, 1);
    expect(baselineOf(series)).toEqual({ peak: 5, window: 5, mean: 5, activeHours: 1 });
    count(series, LONGEST + 1, 1);
    expect(baselineOf(series)).toEqual({ peak: 7, window: 12, mean: 6, activeHours: 2 });
  });

  it("knows the largest sum of six running hours, idle ones among them", () => {
    const hours = [4, 4, 0, 4, 4, 4, 4, 1].map((amount, hour) => [hour, amount] as const);
    const series = seriesOf(hours.filter(([, amount]) => amount > 0));
    count(series, 20, 1);
    expect(baselineOf(series)).toEqual({ peak: 4, window: 20, mean: 25 / 7, activeHours: 7 });
  });

  it("does not count idle hours as active", () => {
    const series = seriesOf([
      [0, 4],
      [10, 8],
      [20, 1],
    ]);
    expect(baselineOf(series)).toEqual({ peak: 8, window: 8, mean: 6, activeHours: 2 });
  });

  it("sums the newest hours, the running one included", () => {
    const series = seriesOf([
      [0, 4],
      [1, 8],
      [3, 1],
    ]);
    expect([1, 2, 3, 4, LONGEST].map((hours) => lastHours(series, hours))).toEqual([
      1, 1, 9, 13, 13,
    ]);
  });

  it("says whether a new hour began, and never goes back", () => {
    const series = createHourSeries();
    expect(roll(series, START + 5 * HOUR)).toBe(true);
    expect(roll(series, START + 5 * HOUR + 59 * MINUTE)).toBe(false);
    expect(roll(series, START)).toBe(false);
    expect(series.hour).toBe(hourOf(START + 5 * HOUR));
    expect(roll(series, START + 6 * HOUR)).toBe(true);
  });

  it("adds a late amount to its hour and leaves what was learned", () => {
    const series = seriesOf([
      [0, 5],
      [1, 7],
      [LONGEST, 9],
    ]);
    add(series, START + 1 * HOUR, 3);
    add(series, START, 100);
    expect(lastHours(series, LONGEST)).toBe(19);
    count(series, LONGEST + 1, 1);
    expect(baselineOf(series)).toEqual({ peak: 10, window: 15, mean: 7.5, activeHours: 2 });
  });

  it("does not learn what is held: every hour that was not learned yet", () => {
    const series = seriesOf([
      [0, 5],
      [1, 50],
      [LONGEST, 60],
    ]);
    hold(series);
    count(series, LONGEST + 1, 7);
    count(series, 2 * LONGEST, 1);
    expect(baselineOf(series)).toEqual({ peak: 5, window: 5, mean: 5, activeHours: 1 });
    count(series, 2 * LONGEST + 1, 1);
    expect(baselineOf(series)).toEqual({ peak: 7, window: 7, mean: 6, activeHours: 2 });
  });

  it("does not learn a held hour that idle ones follow", () => {
    const series = seriesOf([
      [0, 5],
      [LONGEST, 60],
    ]);
    hold(series);
    count(series, 30, 1);
    expect(baselineOf(series)).toEqual({ peak: 5, window: 5, mean: 5, activeHours: 1 });
  });

  it("forgets an hour on the seventh day after its own", () => {
    const series = seriesOf([
      [0, 9],
      [WINDOW_DAYS * 24 - 1, 2],
    ]);
    expect(baselineOf(series).peak).toBe(9);
    count(series, WINDOW_DAYS * 24, 2);
    expect(baselineOf(series)).toEqual(NOTHING);
    count(series, WINDOW_DAYS * 24 - 1 + LONGEST, 2);
    expect(baselineOf(series).peak).toBe(2);
  });

  it("knows nothing after a long silence but since when it is known", () => {
    const series = seriesOf([
      [0, 9],
      [1, 9],
      [1_000, 2],
    ]);
    expect(baselineOf(series)).toEqual(NOTHING);
    expect(series.since).toBe(hourOf(START));
  });

  it("stays small and survives a JSON round trip after a year", () => {
    const series = createHourSeries();
    for (let hour = 0; hour < 365 * 24; hour += 3) count(series, hour, hour);
    expect(JSON.stringify(series).length).toBeLessThan(800);
    expect(JSON.parse(JSON.stringify(series))).toEqual(series);
  });

  it("agrees with a plain list of hours", () => {
    const step = fc.record({
      gap: fc.nat(30),
      amount: fc.integer({ min: 0, max: 9 }),
      held: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 60 }), (steps) => {
        const series = createHourSeries();
        const totals = new Map<number, { amount: number; held: boolean }>();
        let hour = 0;
        for (const { gap, amount, held } of steps) {
          hour += gap;
          count(series, hour, amount);
          const total = totals.get(hour) ?? { amount: 0, held: false };
          totals.set(hour, { amount: total.amount + amount, held: total.held || held });
          if (!held) continue;
          hold(series);
          for (const [h, total] of totals) if (h > hour - LONGEST) total.held = true;
        }
        const known = [...totals].filter(
          ([h, { amount, held }]) =>
            h <= hour - LONGEST &&
            amount > 0 &&
            !held &&
            Math.floor(h / 24) > Math.floor(hour / 24) - 7,
        );
        const windows = known.map(([end]) =>
          [...totals]
            .filter(([h, { held }]) => h > end - LONGEST && h <= end && !held)
            .reduce((sum, [, { amount }]) => sum + amount, 0),
        );
        const amounts = known.map(([, { amount }]) => amount);
        const total = amounts.reduce((sum, amount) => sum + amount, 0);
        const baseline = baselineOf(series);
        expect(baseline.peak).toBe(Math.max(0, ...amounts));
        expect(baseline.window).toBe(Math.max(0, ...windows));
        expect(baseline.activeHours).toBe(amounts.length);
        expect(baseline.mean).toBeCloseTo(amounts.length > 0 ? total / amounts.length : 0, 9);
      }),
    );
  });

  it("begins its days at midnight UTC", () => {
    expect(START % DAY).toBe(0);
    expect(hourOf(START + DAY - 1)).toBe(hourOf(START) + 23);
  });
});
