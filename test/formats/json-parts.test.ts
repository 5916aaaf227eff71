import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf } from "#core/formats/json-parts.ts";

const WANTED = ["a", "b", "user agent", 'q"uote'] as const;
const wanted: ReadonlySet<string> = new Set(WANTED);

/** Texts full of what ends or nests values. */
const troubled = fc.string({
  unit: fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "a", "é", "\u2028"),
});
const members = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...WANTED),
    troubled.filter((name) => name !== "__proto__"),
  ),
  fc.oneof(fc.jsonValue(), troubled, fc.array(troubled), fc.dictionary(troubled, troubled)),
);

describe("some members of a JSON object in a text", () => {
  it("are what parsing all of it gives", () => {
    fc.assert(
      fc.property(members, fc.constantFrom(undefined, 1), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const whole = Object.entries(JSON.parse(text) as object);
        expect(partsOf(text, wanted)).toEqual(
          Object.fromEntries(whole.filter(([name]) => wanted.has(name))),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["the last of equal names", '{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ["a name with an escape", '{"\\u0061":1}', { a: 1 }],
    ["nothing of an empty object", " {} ", {}],
  ])("are %s", (_, text, expected) => {
    expect(partsOf(text, wanted)).toEqual(expected);
  });

  it.each(["", "null", "[1]", '"a"', "{", '{"a"', '{"x":1', '{"x":"', '{"x" 1}', '{"x":1,}'])(
    "are not there in %j",
    (text) => {
      expect(partsOf(text, wanted)).toBeUndefined();
    },
  );

  it.each(['{"a":}', '{"a":nul}', '{"a":[1,}', '{"a":"'])("are no JSON in %j", (text) => {
    expect(() => partsOf(text, wanted)).toThrow(SyntaxError);
  });

  it("come to an end on any text", () => {
    fc.assert(
      fc.property(troubled, (text) => {
        try {
          partsOf(`{${text}`, wanted);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
