import { describe, expect, it } from "vitest";
import { fillTemplate, placesOf } from "#core/finding/template.ts";

const values = {
  subject: { owner: "ana", agent: null, odd: "{subject.owner} $& $1" },
  facts: {
    count: 3,
    many: 1_387,
    at: "2026-10-05T00:15:03.609Z",
    ratio: 4.25,
    share: 0.0625,
    yes: true,
    baseline: { n: 7, source: "own" },
  },
};

describe("template", () => {
  it.each([
    ["{subject.owner} of {facts.count}", "ana of 3"],
    ["{facts.ratio} times", "4.3 times"],
    ["{facts.share}", "0.063"],
    ["{facts.yes}", "true"],
    ["{facts.baseline.n} hours, {facts.baseline.source}", "7 hours, own"],
    ["agent {subject.agent}", "agent unknown"],
    ["{facts.baseline}", "unknown"],
    ["{facts.missing} {nobody.there} {facts.count.deeper.still}", "unknown unknown unknown"],
    ["{facts.many} calls at {facts.at}", "1,387 calls at 2026-10-05 00:15 UTC"],
    ["{subject.odd}", "{subject.owner} $& $1"],
    ["  {facts.count}\n", "3"],
    ["{Subject.owner} {subject} {} {subject.}", "{Subject.owner} {subject} {} {subject.}"],
  ])("fills %j with %j", (template, text) => {
    expect(fillTemplate(template, values)).toBe(text);
  });

  it("names its places, for lint", () => {
    expect(placesOf("{a.b} {c.d.e1} {f} {a.b}")).toEqual(["a.b", "c.d.e1", "a.b"]);
  });
});
