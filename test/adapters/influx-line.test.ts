import { describe, expect, it } from "vitest";
import { encodeLine, type Point, wholeNumber } from "#adapters/influx/line.ts";
import { fromTagText, toTagText } from "#adapters/influx/tag-text.ts";
import { MeterhoundError } from "#core/errors.ts";

const point = (overrides: Partial<Point> = {}): Point => ({
  measurement: "m",
  tags: [["t", "v"]],
  fields: [["f", 1n]],
  time: 7n,
  ...overrides,
});

describe("line protocol", () => {
  it.each<[string, Partial<Point>, string]>([
    ["an integer", {}, "m,t=v f=1i 7"],
    ["the largest integer", { fields: [["f", 2n ** 63n - 1n]] }, `m,t=v f=${2n ** 63n - 1n}i 7`],
    ["a float", { fields: [["f", 1e300]] }, "m,t=v f=1e+300 7"],
    [
      "several fields",
      {
        fields: [
          ["a", 1n],
          ["b", 0.5],
        ],
      },
      "m,t=v a=1i,b=0.5 7",
    ],
    ["signs in a tag", { tags: [["a b", "x,y=z w"]] }, "m,a\\ b=x\\,y\\=z\\ w f=1i 7"],
    ["signs in a measurement", { measurement: "a,b c=d" }, "a\\,b\\ c=d,t=v f=1i 7"],
    ["an empty tag", { tags: [["t", ""]] }, "m,t=_none f=1i 7"],
  ])("writes %s", (_, overrides, line) => {
    expect(encodeLine(point(overrides))).toBe(line);
  });

  it.each<[string, Partial<Point>]>([
    ["a line break in a tag", { tags: [["t", "a\nb f=1i 1"]] }],
    ["a carriage return", { tags: [["t", "a\rb"]] }],
    ["a control character", { tags: [["t", "\u0000"]] }],
    ["half a surrogate pair", { tags: [["t", "\ud800"]] }],
    ["a backslash at the end", { tags: [["t", "a\\"]] }],
    ["a measurement that is a comment", { measurement: "#m" }],
    ["an empty measurement", { measurement: "" }],
    ["a name that is too long", { tags: [["n".repeat(257), "v"]] }],
    ["a value that is too long", { tags: [["t", "v".repeat(1_537)]] }],
    ["no field", { fields: [] }],
    ["NaN", { fields: [["f", NaN]] }],
    ["infinity", { fields: [["f", Infinity]] }],
    ["more than 64 bits", { fields: [["f", 2n ** 63n]] }],
    ["less than 64 bits", { fields: [["f", -(2n ** 63n) - 1n]] }],
    ["a time that is text", { time: "1\nforged f=1i 1" as unknown as bigint }],
    ["a time beyond 64 bits", { time: 2n ** 63n }],
  ])("refuses %s", (_, overrides) => {
    expect(() => encodeLine(point(overrides))).toThrow(
      expect.objectContaining({ code: "MH_SERIES_VALUE" }) as Error,
    );
  });

  it("takes counts that are exact whole numbers and no others", () => {
    expect(wholeNumber(2 ** 53 - 1, "f")).toBe(9_007_199_254_740_991n);
    for (const value of [0.5, 2 ** 53, NaN, Infinity]) {
      expect(() => wholeNumber(value, "f")).toThrow(MeterhoundError);
    }
  });
});

describe("texts as tags", () => {
  it.each([
    ["plain text", "svc-chat", "svc-chat"],
    ["signs that line protocol escapes", "a, b=c", "a, b=c"],
    ["a line break", "a\nb", "a%0Ab"],
    ["what looks spelled already", "a%0Ab", "a%250Ab"],
    ["a backslash at the end only", "a\\b\\", "a\\b%5C"],
    ["half a surrogate pair", "a\ud800", "a%uD800"],
    ["forms of one letter, apart", "na\u0308ive", "na\u0308ive"],
  ])("spells %s", (_, text, tag) => {
    expect(toTagText(text, "tenant")).toBe(tag);
    expect(fromTagText(tag)).toBe(text);
  });

  it("refuses what is longer than ingest lets through", () => {
    expect(toTagText("\n".repeat(256), "tenant")).toHaveLength(768);
    expect(() => toTagText("x".repeat(257), "tenant")).toThrow(MeterhoundError);
  });
});
