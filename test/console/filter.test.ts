import { describe, expect, it } from "vitest";
import {
  filterFrom,
  isNarrowed,
  NO_FILTER,
  paramsOf,
  searchOf,
  toggled,
} from "#services/console/src/state/filter.ts";

describe("the queue's filter in the address", () => {
  it("shows what is open where the address says nothing", () => {
    expect(filterFrom("")).toEqual(NO_FILTER);
    expect(searchOf(NO_FILTER)).toBe("");
  });

  it.each([
    "?severity=high,critical",
    "?status=resolved",
    "?status=all",
    "?family=prompt-loop&team=search&q=key+7f3a",
    "?assignee=ana&sort=money",
  ])("comes back as it went: %s", (search) => {
    const again = filterFrom(searchOf(filterFrom(search)));
    expect(again).toEqual(filterFrom(search));
  });

  it("leaves out what it does not know", () => {
    expect(filterFrom("?severity=awful,high&sort=luck&family=x")).toMatchObject({
      severity: ["high"],
      sort: "risk",
      family: [],
    });
  });

  it("asks the API for the statuses it shows, and for none where it shows all", () => {
    expect(paramsOf(filterFrom("")).get("status")).toBe("new,in_progress");
    expect(paramsOf(filterFrom("?status=all")).has("status")).toBe(false);
  });

  it("is narrowed by anything but the order and the statuses", () => {
    expect(isNarrowed(filterFrom("?sort=newest&status=all"))).toBe(false);
    expect(isNarrowed(filterFrom("?q=x"))).toBe(true);
  });

  it("puts values in and takes them out", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
});
