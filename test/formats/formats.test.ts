import { describe, expect, it } from "vitest";
import { ERRORS } from "#core/errors.ts";
import type { UsageEvent } from "#core/event.ts";
import { FORMATS, formatNamed } from "#core/formats/formats.ts";
import { OTHER_CODES } from "#core/quality.ts";
import { formatOf } from "#services/ingest/read-payload.ts";
import { createRandom } from "#test/support/random.ts";
import { type Call, createCalls } from "./calls.ts";
import { expectedFields } from "./expected.ts";
import { DIGEST, read } from "./read.ts";
import { type Writer, WRITERS } from "./writers.ts";

const CALLS = createCalls(1_000);

function fieldOf(event: UsageEvent, path: string): unknown {
  const [section = "", name] = path.split(".");
  const value = (event as unknown as Record<string, unknown>)[section];
  return name === undefined ? value : (value as Record<string, unknown> | undefined)?.[name];
}

function set(payload: object, path: string, value: unknown): object {
  const copy = structuredClone(payload) as Record<string, unknown>;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  let place = copy;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[keys.at(-1)!] = value;
  return copy;
}

describe.each(WRITERS.map((writer) => [`${writer.format}, ${writer.table}`, writer] as const))(
  "%s",
  (_, writer: Writer) => {
    const format = formatNamed(writer.format)!;
    const table = format.tables[writer.table]!;

    it("tells the same 1,000 calls in every field that its table marks as carried", () => {
      const wrong: string[] = [];
      for (const call of CALLS) {
        const { events, refused } = read(writer.write(call), format);
        if (events.length !== 1) wrong.push(`${call.id}: ${refused[0]?.problem.message ?? "none"}`);
        for (const [path, told] of Object.entries(expected(call, writer))) {
          if (!(path in table) && !ALWAYS.includes(path)) continue;
          const got = events[0] && fieldOf(events[0], path);
          if (got !== told) wrong.push(`${call.id} ${path}: ${String(got)}, not ${String(told)}`);
        }
      }
      expect(wrong.slice(0, 5)).toEqual([]);
    });

    it("is recognised by its own payload and by no other format", () => {
      expect(formatOf(writer.write(CALLS[0]!))).toBe(format);
    });

    it("keeps no word of what was said", () => {
      const text = JSON.stringify(
        CALLS.slice(0, 50).map((call) => read(writer.write(call), format)),
      );
      expect(text).not.toContain("question number");
      expect(text).not.toContain("answer number");
    });

    it("refuses 500 malformed payloads with code and path, and keeps their neighbours", () => {
      const random = createRandom(17);
      const wrong: string[] = [];
      for (let n = 0; n < 500; n++) {
        const path = writer.typed[n % writer.typed.length]!;
        const bad = set(writer.write(CALLS[n]!), path, random.pick(HOSTILE));
        const { events, refused } = read([bad, writer.write(CALLS[n + 1]!)], format);
        const [problem] = refused.map((each) => each.problem);
        const isTold = problem && problem.code in ERRORS && problem.path.includes(lastOf(path));
        if (events.length !== 1 || refused.length !== 1 || !isTold) {
          wrong.push(`${path}: ${events.length} events, ${JSON.stringify(problem)}`);
        }
      }
      expect([...new Set(wrong)].slice(0, 5)).toEqual([]);
    });

    it("gets over anything in any place, as an event or as a refusal", () => {
      const random = createRandom(23);
      const paths = pathsOf(writer.write(CALLS[0]!));
      for (let n = 0; n < 2_000; n++) {
        const payload = writer.write(CALLS[n % CALLS.length]!);
        const bad = set(payload, random.pick(paths), random.pick(ANYTHING));
        const { events, refused } = read(bad, format);
        for (const { problem } of refused) expect(problem.code in ERRORS).toBe(true);
        expect(events.length + refused.length).toBeLessThanOrEqual(1);
      }
    });
  },
);

/** Every place of a payload, in the form that `set` takes. */
function pathsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    key,
    ...pathsOf(inner).map((path) => `${key}.${path}`),
  ]);
}

const ANYTHING: readonly unknown[] = [
  null,
  "",
  "-",
  "x",
  "{",
  '{"messages": 7}',
  -1,
  0,
  1e300,
  true,
  [],
  [null],
  [[{}]],
  {},
  { a: null },
];

/** What every event has although no table reads it. */
const ALWAYS = ["outcome.status", "outcome.error_class", "outcome.http_status"];

function expected(call: Call, { otherwise = {} }: Writer): Record<string, unknown> {
  const fields = expectedFields(call, DIGEST);
  for (const [path, told] of Object.entries(otherwise)) {
    if (told === null) delete fields[path];
    else fields[path] = told(call);
  }
  return fields;
}

/** Nothing that a scalar field may hold. */
const HOSTILE: readonly unknown[] = [{ a: 1 }, [1, 2], [[]], {}];

function lastOf(path: string): string {
  return path.split(/[.[\]]+/).findLast((key) => key !== "")!;
}

describe("the formats", () => {
  it("each have a test that writes them", () => {
    const written = new Set(WRITERS.map(({ format }) => format));
    expect(FORMATS.map(({ name }) => name).filter((name) => !written.has(name))).toEqual([]);
  });

  it("flag what they cannot tell by documented codes", () => {
    const codes = FORMATS.flatMap(({ cannot, sometimes }) => [...cannot, ...sometimes]);
    expect(codes.filter((code) => !(code in OTHER_CODES))).toEqual([]);
  });
});
