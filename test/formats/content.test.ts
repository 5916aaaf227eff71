import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "#core/formats/content.ts";

describe("content in its canonical form", () => {
  it("has white space collapsed and Unicode composed, whatever the text", () => {
    const pieces = fc.constantFrom(
      " ",
      "\n",
      "\t",
      "\u00a0",
      "\u2003",
      "\u0301",
      "e",
      "é",
      "\u1100\u1161",
      "x",
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((list) => list.join("")),
        (text) => {
          expect(canonical(text)).toBe(text.normalize("NFC").replace(/\s+/g, " ").trim());
        },
      ),
    );
  });

  it("is one for objects whose keys stand in another order", () => {
    expect(canonical({ b: [1, { d: "x  y", c: null }], a: true })).toBe(
      canonical({ a: true, b: [1, { c: null, d: " x y" }] }),
    );
  });

  it("is JSON of its texts", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = text.normalize("NFC").replace(/\s+/g, " ").trim();
        expect(canonical([text])).toBe(JSON.stringify([plain]));
      }),
    );
    expect(canonical(["\ud800"])).toBe(JSON.stringify(["\ud800"]));
  });

  it("is JSON of sorted entries, and empty things differ", () => {
    expect(canonical({ b: 1e300, a: [undefined, '"'] })).toBe('[["a",[null,"\\""]],["b",1e+300]]');
    expect(canonical([])).toBe("[]");
    expect(canonical(null)).toBe("null");
  });
});
