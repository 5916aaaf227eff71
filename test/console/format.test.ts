import { describe, expect, it } from "vitest";
import { cutAtCents, usd, usdAxis } from "#services/console/src/format/money.ts";
import { age, duration, shortTime } from "#services/console/src/format/time.ts";
import { findingPath, routeOf } from "#services/console/src/state/route.ts";

describe("money on the page", () => {
  it("is exact, cut for the eye only", () => {
    for (const amount of ["517.190977132434", "0.5", "12", "0.000000000001", "-3.456"]) {
      const { head, tail } = cutAtCents(amount);
      expect(Number(head + tail)).toBe(Number(amount));
    }
    expect(cutAtCents("0.5")).toEqual({ head: "0.50", tail: "" });
  });

  it("is rounded half to even where there is no room, and never zero while unpriced", () => {
    expect(usd("1234.565")).toBe("$1,234.56");
    expect(usd("0.0001")).toBe("<$0.01");
    expect(usd(null)).toBe("unpriced");
  });

  it.each([
    [0, "$0"],
    [0.05, "$0.05"],
    [0.0002, "$0.0002"],
    [2.5, "$2.5"],
    [40, "$40"],
    [12_500, "$12.5k"],
  ])("labels %d on an axis as %s", (value, text) => {
    expect(usdAxis(value)).toBe(text);
  });
});

describe("time on the page", () => {
  it("is UTC", () => {
    expect(shortTime("2026-10-05T23:59:59.000Z")).toBe("5 Oct 23:59");
  });

  it("is told by its largest units", () => {
    expect(duration(38 * 60_000)).toBe("38 min");
    expect(duration(74 * 60_000)).toBe("1 h 14 min");
    expect(duration(24 * 3_600_000)).toBe("1 d");
    expect(duration(0)).toBe("0 s");
    expect(age(25 * 3_600_000)).toBe("25 h");
  });
});

describe("the console's paths", () => {
  it("lead to its pages, whatever an id looks like", () => {
    for (const id of ["abc", "odd/na me?#%🚀", "%zz"]) {
      expect(routeOf(findingPath(id))).toEqual({ page: "finding", id });
    }
    expect(routeOf("/")).toEqual({ page: "queue" });
    expect(routeOf("/timeline")).toEqual({ page: "timeline" });
    expect(routeOf("/flows/a/b")).toEqual({ page: "missing" });
    expect(routeOf("/findings/%zz")).toEqual({ page: "finding", id: "%zz" });
  });
});
