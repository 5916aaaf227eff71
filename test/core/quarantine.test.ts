import { describe, expect, it } from "vitest";
import { createDigest } from "#core/privacy.ts";
import { redactRecord } from "#core/quarantine.ts";

const digest = createDigest("test");
const redact = (raw: unknown): unknown => JSON.parse(redactRecord(raw, digest));
const replaced = (text: string): string => `${text.length} characters, ${digest(text)}`;

describe("quarantined record", () => {
  it("keeps its shape, numbers and short texts", () => {
    const raw = { id: 7, ok: true, none: null, list: ["a", { b: 1.5 }] };
    expect(redact(raw)).toEqual(raw);
  });

  it("keeps 31 characters and replaces 32 by length and digest", () => {
    const short = "x".repeat(31);
    const long = "x".repeat(32);
    expect(redact({ short, long })).toEqual({ short, long: replaced(long) });
    expect(redact(long)).toBe(replaced(long));
  });

  it("replaces a name of 32 characters as it does a value", () => {
    const name = "n".repeat(32);
    expect(redact({ [name]: 1 })).toEqual({ [replaced(name)]: 1 });
  });

  it("replaces a secret however short it is, as value and as name", () => {
    const secret = "sk-canary0123456789";
    const text = `${secret}x`;
    expect(redact({ key: text, [text]: 1 })).toEqual({ key: replaced(text), [replaced(text)]: 1 });
  });

  it("replaces every text below a content key", () => {
    const raw = { prompt: "fire Bob", messages: [{ role: "user", content: "at five" }] };
    expect(redact(raw)).toEqual({
      prompt: replaced("fire Bob"),
      messages: [{ role: replaced("user"), content: replaced("at five") }],
    });
  });

  it("cuts what lies deeper than six levels", () => {
    const deep = { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } };
    expect(redact(deep)).toEqual({ a: { a: { a: { a: { a: { a: "…" } } } } } });
  });

  it("cuts lists and objects after 64 items", () => {
    const list = Array.from({ length: 100 }, (_, i) => i);
    const object = Object.fromEntries(list.map((i) => [`k${i}`, i]));
    expect(redact(list)).toEqual(list.slice(0, 64));
    expect(Object.keys(redact(object) as object)).toHaveLength(64);
  });

  it("stays small where the record is hostile", () => {
    let raw: unknown = "x".repeat(1_000);
    for (let i = 0; i < 10_000; i++) raw = [raw];
    expect(redactRecord(raw, digest)).toBe('[[[[[["…"]]]]]]');
  });

  it("writes the absence of a record as null", () => {
    expect(redactRecord(undefined, digest)).toBe("null");
  });

  it("takes the names of prototypes for names like any other", () => {
    expect(redactRecord(JSON.parse('{"__proto__": {"x": 1}}'), digest)).toBe(
      '{"__proto__":{"x":1}}',
    );
  });
});
