import { describe, expect, it } from "vitest";
import { parseUsd } from "#core/money.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import {
  addressOf,
  clip,
  perHour,
  requestOf,
  spanAt,
  viewFrom,
  zoomedOut,
} from "#services/console/src/state/timeline-view.ts";

const NOW = Date.parse("2026-10-05T12:00:30Z");

describe("the timeline's address", () => {
  it("shows the last seven days by model where it says nothing", () => {
    const view = viewFrom("");
    expect(addressOf(view)).toBe("/timeline");
    expect(view).toMatchObject({ by: "model", metric: "cost", where: {}, window: null });
    const { from, to } = spanAt(view, NOW);
    expect(to).toBe(Date.parse("2026-10-05T12:01:00Z"));
    expect(to - from).toBe(7 * DAY);
  });

  it.each([
    "/timeline?range=24h&by=none&metric=calls",
    "/timeline?from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z&by=team&identity=svc-chat",
    "/timeline?credential=_none&window=2026-10-01T03:00:00Z_2026-10-01T04:30:00Z",
  ])("comes back as it went: %s", (address) => {
    expect(addressOf(viewFrom(address.slice("/timeline".length)))).toBe(address);
  });

  it("reads nothing into what is no stretch of time", () => {
    const view = viewFrom("?from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z&window=x_y&by=luck");
    expect(view).toMatchObject({ span: "7d", window: null, by: "model" });
  });
});

describe("a window", () => {
  const span = { from: NOW, to: NOW + HOUR };

  it("is asked for in whole minutes inside of what is shown", () => {
    const start = Math.ceil(NOW / MINUTE) * MINUTE;
    const shown = { from: start, to: start + HOUR };
    const window = { from: start - DAY, to: start + 90_500 };
    expect(clip(window, shown)).toEqual({ from: start, to: start + 2 * MINUTE });
    const view = { ...viewFrom(""), span: shown, window };
    expect(requestOf(view, shown).window).toEqual({ from: start, to: start + 2 * MINUTE });
  });

  it("is left out where it lies elsewhere", () => {
    expect(clip({ from: NOW + DAY, to: NOW + 2 * DAY }, span)).toBeNull();
  });

  it("costs so much an hour, exactly", () => {
    expect(perHour("1", { from: 0, to: 2 * HOUR })).toBe(parseUsd("0.5"));
    expect(perHour("1", { from: 5, to: 5 })).toBeNull();
  });
});

describe("the steps that are asked for", () => {
  const of = (address: string, length: number): number | null | undefined =>
    requestOf(viewFrom(address), { from: NOW, to: NOW + length }).step;

  it("are hours where one identity's band can be drawn on them, else the service's choice", () => {
    expect(of("?identity=svc-chat", DAY)).toBe(HOUR);
    expect(of("?identity=svc-chat", 6 * HOUR)).toBeNull();
    expect(of("?identity=svc-chat", 30 * DAY)).toBeNull();
    expect(of("?identity=_none", DAY)).toBeNull();
    expect(of("", DAY)).toBeNull();
  });
});

describe("zooming out", () => {
  it("doubles the stretch around its middle, and does not look ahead of now", () => {
    const past = zoomedOut({ from: NOW - 10 * HOUR, to: NOW - 8 * HOUR }, NOW);
    expect(past).toEqual({ from: NOW - 11 * HOUR, to: NOW - 7 * HOUR });
    const recent = zoomedOut({ from: NOW - 2 * HOUR, to: NOW }, NOW);
    expect(recent).toEqual({ from: NOW - 4 * HOUR, to: NOW });
  });
});
