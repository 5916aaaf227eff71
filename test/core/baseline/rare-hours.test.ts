import { serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { add, hold, roll } from "#core/baseline/hour-series.ts";
import { recentAlarm, scoreEnded } from "#core/baseline/rare-hours.ts";
import { createIdentityState } from "#core/pipeline/state.ts";
import { ALLOWED_LATENESS, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { START } from "#test/support/observed.ts";
import { createRandom } from "#test/support/random.ts";

const { series } = createIdentityState();
type Series = typeof series;

function call({ calls, rare }: Series, at: EventTime, amount: number): void {
  scoreEnded(rare, calls, at, ALLOWED_LATENESS);
  roll(calls, at);
  add(calls, at, amount);
}

/** Ten days of ordinary hours, each in two halves. */
function tenDays(seed = 1): Series {
  const fresh = createIdentityState().series;
  const random = createRandom(seed);
  for (let hour = 0; hour < 240; hour++) {
    call(fresh, START + hour * HOUR, 20 + random.below(10));
    call(fresh, START + hour * HOUR + 30 * MINUTE, 20 + random.below(10));
  }
  return fresh;
}

const AT = START + 240 * HOUR;
const hourAt = (at: EventTime): number => Math.floor(at / HOUR);

describe("rare hours", () => {
  it("knows of none in ordinary days", () => {
    expect(recentAlarm(tenDays().rare, hourAt(AT))).toBeNull();
  });

  it("calls an hour rare once nothing of the allowed lateness can change it, for six hours", () => {
    const rising = tenDays();
    call(rising, AT, 500);
    call(rising, AT + HOUR + ALLOWED_LATENESS - 1, 50);
    expect(recentAlarm(rising.rare, hourAt(AT) + 1)).toBeNull();
    call(rising, AT + HOUR + ALLOWED_LATENESS, 1);
    expect(recentAlarm(rising.rare, hourAt(AT) + 1)).toBeGreaterThan(1);
    expect(recentAlarm(rising.rare, hourAt(AT) + 5)).toBeGreaterThan(1);
    expect(recentAlarm(rising.rare, hourAt(AT) + 6)).toBeNull();
  });

  it("does not depend on the order of events within the allowed lateness", () => {
    const [inOrder, late] = [tenDays(), tenDays()];
    call(inOrder, AT, 40);
    call(inOrder, AT + 59 * MINUTE, 60);
    call(inOrder, AT + HOUR + 5 * MINUTE, 20);
    call(late, AT, 40);
    call(late, AT + HOUR + 5 * MINUTE, 20);
    call(late, AT + 59 * MINUTE, 60);
    for (const one of [inOrder, late]) call(one, AT + 3 * HOUR, 1);
    expect(late.rare).toEqual(inOrder.rare);
  });

  it("scores what is held without learning it", () => {
    const held = tenDays();
    call(held, AT, 500);
    hold(held.calls);
    const rows = held.rare.state!.rows;
    call(held, AT + 2 * HOUR, 30);
    expect(recentAlarm(held.rare, hourAt(AT) + 2)).toBeGreaterThan(1);
    // The newest ordinary hour before was not scored yet, and lies under the same episode.
    expect(held.rare.state!.rows).toBe(rows);
  });

  it("leaves idle hours out", () => {
    const { rare } = tenDays();
    const idle = tenDays();
    call(idle, AT + 500 * HOUR, 45);
    expect(idle.rare.state!.rows).toBe(rare.state!.rows + 1);
  });

  it("keeps an identity's series together below two kilobytes", () => {
    expect(serialize(tenDays()).length).toBeLessThan(2_048);
  });
});
