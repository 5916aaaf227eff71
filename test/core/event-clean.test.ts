import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkEvent, type EventOrigin, isProblem } from "#core/event-check.ts";
import { SECTIONS, TOP_FIELDS } from "#core/event-fields.ts";
import type { UsageEvent } from "#core/event.ts";
import { CONTENT_KEYS, createDigest } from "#core/privacy.ts";

const digest = createDigest("test");
const ORIGIN: EventOrigin = { source: "gateway", tenants: null, digest };
const LEAST = { id: "1", time: "2026-10-05T07:00:00Z" };
const SECRET = "sk-canary-0123456789abcdef";
const LONG = "x".repeat(257);

function clean(raw: Record<string, unknown>): UsageEvent {
  const checked = checkEvent({ ...LEAST, ...raw }, ORIGIN);
  if (isProblem(checked)) throw new Error(`${checked.path}: ${checked.message}`);
  return checked.event;
}

describe("event cleaning", () => {
  it("keeps unknown scalars under extra, by their path", () => {
    const event = clean({ colour: "red", model: { requested: "m", shape: 4 }, deep: { er: 1 } });
    expect(event.extra).toEqual({ colour: "red", "model.shape": 4 });
    expect(event.model).toEqual({ requested: "m" });
  });

  it("keeps what already stands under extra, flat", () => {
    expect(clean({ extra: { a: 1, b: true, c: null, d: { e: 1 } } }).extra).toEqual({
      a: 1,
      b: true,
    });
  });

  it("keeps 32 unknown scalars and no more", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i]));
    const { extra } = clean(many);
    expect(Object.keys(extra ?? {})).toEqual(Object.keys(many).slice(0, 32));
  });

  it("drops nulls and empty texts, which say nothing", () => {
    const event = clean({
      source: "",
      identity: { id: "", credential: null, owner: "ana" },
      usage: null,
      note: null,
      text: null,
      remark: "",
    });
    expect(event).toEqual({
      ...LEAST,
      tenant: "default",
      source: "gateway",
      type: "usage",
      identity: { owner: "ana" },
    });
  });

  it("replaces the sender's own quality codes by none", () => {
    expect(clean({ quality: ["owner.missing"] })).not.toHaveProperty("quality");
  });

  it.each([
    ["a top field", { source: SECRET }, (e: UsageEvent) => e.source],
    ["a section", { identity: { credential: SECRET } }, (e: UsageEvent) => e.identity?.credential],
    ["a label", { flow: { turn: SECRET } }, (e: UsageEvent) => e.flow?.turn],
    ["an unknown field", { note: SECRET }, (e: UsageEvent) => e.extra?.["note"]],
    [
      "a tag",
      { attribution: { tags: { key: SECRET } } },
      (e: UsageEvent) => e.attribution?.tags?.["key"],
    ],
    [
      "a tag's name",
      { attribution: { tags: { [SECRET]: "value" } } },
      (e: UsageEvent) => Object.keys(e.attribution?.tags ?? {})[0],
    ],
    ["an unknown name", { [SECRET]: 1 }, (e: UsageEvent) => Object.keys(e.extra ?? {})[0]],
  ])("replaces a secret in %s by its digest", (_, raw, read) => {
    expect(read(clean(raw))).toBe(digest(SECRET));
  });

  it("keeps 256 characters and replaces 257 by their digest", () => {
    const kept = "x".repeat(256);
    expect(clean({ identity: { id: kept } }).identity?.id).toBe(kept);
    expect(clean({ identity: { id: LONG } }).identity?.id).toBe(digest(LONG));
    expect(clean({ note: LONG }).extra).toEqual({ note: digest(LONG) });
  });

  it.each([...CONTENT_KEYS].filter((key) => !SECTIONS.has(key)))(
    "keeps of %s a digest only, at the top and in a section",
    (key) => {
      expect(clean({ [key]: "hi" }).extra).toEqual({ [key]: digest("hi") });
      const said = [{ role: "user", content: "hi" }];
      expect(clean({ content: { [key]: said } }).extra).toEqual({
        [`content.${key}`]: digest(JSON.stringify(said)),
      });
    },
  );

  it("withstands content that is nested too deep to print", () => {
    let deep: unknown = "hi";
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(clean({ messages: deep }).extra).toEqual({ messages: digest("too deep") });
  });

  it("writes tags as texts and keeps 32 of them", () => {
    const tags = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${i}`, "v"]));
    expect(Object.keys(clean({ attribution: { tags } }).attribution?.tags ?? {})).toHaveLength(32);
    const mixed = { a: 1, b: true, c: null, d: ["x"], e: "v" };
    expect(clean({ attribution: { tags: mixed } }).attribution?.tags).toEqual({
      a: "1",
      b: "true",
      e: "v",
    });
  });

  it("takes the names of prototypes for names like any other", () => {
    const raw = JSON.parse(
      `{"__proto__": "a", "constructor": "b", "extra": {"prototype": 1},
        "identity": {"__proto__": {"id": "evil"}, "toString": 2},
        "attribution": {"tags": {"__proto__": "c", "n": 1}}}`,
    ) as Record<string, unknown>;
    const event = clean(raw);
    expect(Object.entries(event.extra ?? {})).toEqual(
      expect.arrayContaining([
        ["constructor", "b"],
        ["prototype", 1],
        ["identity.toString", 2],
      ]),
    );
    expect(event.identity?.id).toBeUndefined();
    expect(Object.getPrototypeOf(event.identity)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["id"]).toBeUndefined();
  });

  it("never keeps a secret, a prompt or a long text, whatever the payload looks like", () => {
    fc.assert(
      fc.property(payload(), (raw) => {
        const checked = checkEvent(raw, ORIGIN);
        const kept = JSON.stringify(isProblem(checked) ? checked : checked.event);
        for (const canary of [...SECRETS, PROMPT]) expect(kept).not.toContain(canary);
        if (!isProblem(checked)) expect(longest(checked.event)).toBeLessThanOrEqual(256);
      }),
      { numRuns: 2_000 },
    );
  });

  it("answers any JSON with an event or a problem", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (raw) => {
        const checked = checkEvent(raw, ORIGIN);
        expect("code" in checked || "event" in checked).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

const SECRETS = [
  SECRET,
  "ghp_canary0123456789abcdef",
  "Bearer canary-0123456789",
  "xoxb-canary-0123456789",
  "eyJcanary0123.eyJcanary0123.x",
  "AIzaCanary0123456789abcdefghijklmnopqrst",
];
const PROMPT = "why is the sky dark at night";

/** A payload of known and unknown names in which every string that may not be kept is a canary. */
function payload(): fc.Arbitrary<unknown> {
  const names = [...SECTIONS.values()].flatMap((fields) => [...fields.keys()]);
  const hostile = fc
    .tuple(fc.constantFrom("", "a ", '"', "key="), fc.constantFrom(...SECRETS))
    .map(([before, secret]) => before + secret);
  const text = fc.oneof(hostile, fc.constant(LONG), fc.constantFrom("ok", "usage", "", "1.5"));
  const scalar = fc.oneof(text, fc.nat(), fc.constant(null), fc.boolean());
  const value = fc.oneof(
    { weight: 4, arbitrary: scalar },
    fc.dictionary(fc.oneof(hostile, fc.constantFrom("a", "__proto__")), scalar, { maxKeys: 4 }),
    fc.array(scalar, { maxLength: 3 }),
  );
  const said = fc.dictionary(fc.constantFrom(...CONTENT_KEYS), fc.constant(PROMPT), { maxKeys: 2 });
  const name = fc.oneof(
    fc.constantFrom(...names, ...names, "note", "__proto__", "constructor"),
    hostile,
    fc.constant(LONG),
  );
  const section = fc
    .tuple(fc.dictionary(name, value, { maxKeys: 4 }), said)
    .map(([fields, content]) => ({ ...fields, ...content }));
  const sectionName = fc.constantFrom(...SECTIONS.keys(), "extra", "unknown");
  return fc
    .tuple(
      fc.dictionary(sectionName, section, { maxKeys: 3 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...TOP_FIELDS.keys()), name), value, { maxKeys: 3 }),
      fc.constantFrom({}, { prompt: PROMPT }, { messages: [{ content: PROMPT }] }),
    )
    .map((parts) => Object.assign({}, ...parts, LEAST) as unknown);
}

/** The longest string in a value, names included. */
function longest(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Math.max(0, ...Object.entries(value).flatMap(([key, v]) => [key.length, longest(v)]));
}
