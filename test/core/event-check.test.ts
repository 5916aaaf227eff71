import { describe, expect, it } from "vitest";
import { checkEvent, type EventOrigin, type EventProblem, isProblem } from "#core/event-check.ts";
import { type FieldKind, SECTIONS, TOP_FIELDS } from "#core/event-fields.ts";
import type { UsageEvent } from "#core/event.ts";
import { createDigest } from "#core/privacy.ts";
import { usageEvent } from "#test/support/events.ts";

const ORIGIN: EventOrigin = { source: "gateway", tenants: null, digest: createDigest("test") };
const LEAST = { id: "1", time: "2026-10-05T07:00:00Z" };

function accept(raw: unknown, origin: Partial<EventOrigin> = {}): UsageEvent {
  const checked = checkEvent(raw, { ...ORIGIN, ...origin });
  if (isProblem(checked)) throw new Error(`${checked.path}: ${checked.message}`);
  return checked.event;
}

function refuse(raw: unknown, origin: Partial<EventOrigin> = {}): EventProblem {
  const checked = checkEvent(raw, { ...ORIGIN, ...origin });
  if (!isProblem(checked)) throw new Error("the event was accepted");
  return checked;
}

const FIELDS: [path: string, kind: FieldKind][] = [
  ...TOP_FIELDS,
  ...[...SECTIONS].flatMap(([section, fields]) =>
    [...fields].map(([name, kind]): [string, FieldKind] => [`${section}.${name}`, kind]),
  ),
];

/** The least event with one more field, given by its dotted path. */
function withField(path: string, value: unknown): Record<string, unknown> {
  const [section, name] = path.split(".");
  return { ...LEAST, [section!]: name === undefined ? value : { [name]: value } };
}

const WRONG_TYPE: Record<FieldKind["kind"], unknown[]> = {
  text: [7, true, ["x"], {}],
  choice: [7, {}],
  count: ["7", true],
  number: ["7", []],
  money: [7, {}],
  label: [true, {}],
  tags: ["x", 7, ["x"]],
};
const BAD_VALUE: Record<FieldKind["kind"], unknown[]> = {
  text: [],
  label: [Infinity],
  tags: [],
  choice: ["no-such-choice", ""],
  count: [-1, 1.5, 2 ** 53, Infinity],
  number: [-0.1, Infinity],
  money: ["", "1e3", "1,5", "0.0000000000001", "USD 1"],
};

describe("event check", () => {
  it("returns a clean event as the very object that was parsed", () => {
    const raw = usageEvent({ network: { ip: "10.0.0.1", asn: 64_500 }, revision: 2 });
    const before = structuredClone(raw);
    expect(accept(raw)).toBe(raw);
    expect(raw).toEqual(before);
  });

  it("fills tenant, source and type where the payload leaves them out", () => {
    expect(accept({ ...LEAST })).toEqual({
      ...LEAST,
      tenant: "default",
      source: "gateway",
      type: "usage",
    });
  });

  it("gives the event time with the event", () => {
    const checked = checkEvent({ ...LEAST, time: "2026-10-05T09:00:00+02:00" }, ORIGIN);
    expect(checked).toMatchObject({ at: Date.UTC(2026, 9, 5, 7) });
  });

  it.each([[null], [7], ["text"], [[]], [true]])("refuses %j, which is no object", (raw) => {
    expect(refuse(raw)).toMatchObject({ code: "MH_EVENT_NOT_OBJECT", path: "" });
  });

  it.each([
    ["no id", { time: LEAST.time }, "MH_EVENT_MISSING_FIELD", "id"],
    ["an empty id", { ...LEAST, id: "" }, "MH_EVENT_MISSING_FIELD", "id"],
    ["a null id", { ...LEAST, id: null }, "MH_EVENT_MISSING_FIELD", "id"],
    ["no time", { id: "1" }, "MH_EVENT_MISSING_FIELD", "time"],
    ["a time without zone", { ...LEAST, time: "2026-10-05T07:00:00" }, "MH_EVENT_BAD_TIME", "time"],
    ["a day that is none", { ...LEAST, time: "2026-02-30T07:00:00Z" }, "MH_EVENT_BAD_TIME", "time"],
  ])("refuses an event with %s", (_, raw, code, path) => {
    expect(refuse(raw)).toMatchObject({ code, path });
  });

  it.each(FIELDS)("names %s where its type is wrong", (path, { kind }) => {
    for (const value of WRONG_TYPE[kind]) {
      const problem = refuse(withField(path, value));
      expect(problem).toMatchObject({ code: "MH_EVENT_WRONG_TYPE", path });
      expect(problem.message).toContain(`\`${path}\` must be`);
    }
  });

  it.each(FIELDS.filter(([, { kind }]) => BAD_VALUE[kind].length > 0))(
    "names %s where its value is out of range",
    (path, { kind }) => {
      for (const value of BAD_VALUE[kind]) {
        expect(refuse(withField(path, value))).toMatchObject({ code: "MH_EVENT_BAD_VALUE", path });
      }
    },
  );

  it.each([...SECTIONS.keys()])("refuses %s where it is no object", (section) => {
    for (const value of ["text", 7, ["x"]]) {
      expect(refuse({ ...LEAST, [section]: value })).toMatchObject({
        code: "MH_EVENT_WRONG_TYPE",
        path: section,
        message: `\`${section}\` must be an object`,
      });
    }
  });

  it("names the first wrong field, also behind ones that only need cleaning", () => {
    const raw = { ...LEAST, usage: { cost: null, input_tokens: -1, output_tokens: "7" } };
    expect(refuse(raw)).toMatchObject({ code: "MH_EVENT_BAD_VALUE", path: "usage.input_tokens" });
  });

  it.each([
    ["any sender may name a tenant", null, "acme", "acme"],
    ["any sender may leave it out", null, undefined, "default"],
    ["a sender for one tenant need not name it", ["acme"], undefined, "acme"],
    ["an empty tenant is none", ["acme"], "", "acme"],
    ["a sender for several may name one of them", ["acme", "beta"], "beta", "beta"],
  ])("%s", (_, tenants, tenant, expected) => {
    expect(accept({ ...LEAST, ...(tenant !== undefined && { tenant }) }, { tenants }).tenant).toBe(
      expected,
    );
  });

  it.each([
    ["another tenant than the sender's", ["acme"], "beta"],
    ["a tenant outside the sender's list", ["acme", "beta"], "gamma"],
    ["no tenant where the sender has several", ["acme", "beta"], undefined],
    ["any tenant where the sender has none", [], "acme"],
  ])("refuses %s", (_, tenants, tenant) => {
    const raw = { ...LEAST, ...(tenant !== undefined && { tenant }) };
    expect(refuse(raw, { tenants })).toMatchObject({
      code: "MH_EVENT_TENANT_MISMATCH",
      path: "tenant",
    });
  });
});
