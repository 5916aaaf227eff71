import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "./random.ts";

/** One hostile request body, and which ids in it belong to events that are in order. */
export interface MalformedBody {
  kind: string;
  body: Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
  valid: string[];
}

const SECTIONS = "identity attribution flow model usage cost outcome network content audit".split(
  " ",
);
const ODD = [
  null,
  true,
  0,
  -1,
  1.5,
  "",
  "x",
  [],
  {},
  [[]],
  { a: { b: [1] } },
  "\0",
  "\ud800",
  "9".repeat(400),
  ["__proto__"],
  2 ** 60,
  "NaN",
] as const;
const LITERALS = [
  "NaN",
  "Infinity",
  "-Infinity",
  "1e309",
  "-1e309",
  "01",
  "0x10",
  "+1",
  ".5",
  "'a'",
  "undefined",
];
const FUTURE = [
  "9999-12-31T23:59:59Z",
  "2999-01-01T00:00:00Z",
  "+275760-09-13T00:00:00Z",
  "0000-00-00T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "2026-10-05T25:00:00Z",
  "2026-10-05 07:00",
  "1760000000000",
];

type Maker = (random: Random, seed: number) => Uint8Array | string;

/** What stands between the valid lines; each kind is a way in which senders, or attackers, go wrong. */
const LINES: Readonly<Record<string, Maker>> = {
  "cut JSON": (random) => event(random).slice(0, 1 + random.below(60)),
  "cut in the middle of a character": (random) => {
    const text = Buffer.from(`{"id":"${"€".repeat(3 + random.below(9))}`);
    return text.subarray(0, text.length - 1 - random.below(2));
  },
  "a wrong type in a section": (random) =>
    JSON.stringify({ ...JSON.parse(event(random)), [random.pick(SECTIONS)]: random.pick(ODD) }),
  "wrong types inside a section": (random) => {
    const fields = [
      "id",
      "type",
      "team",
      "session",
      "requested",
      "input_tokens",
      "amount",
      "status",
      "tags",
      "ip",
      "prompt_digest",
      "action",
      "__proto__",
      "toString",
    ];
    const section = Object.fromEntries(fields.map((name) => [name, random.pick(ODD)]));
    return JSON.stringify({ ...JSON.parse(event(random)), [random.pick(SECTIONS)]: section });
  },
  "a wrong type at the top": (random) =>
    JSON.stringify({
      ...JSON.parse(event(random)),
      [random.pick(["id", "time", "source", "type", "tenant", "revision", "quality", "extra"])]:
        random.pick(ODD),
    }),
  "no event at all": (random) => JSON.stringify(random.pick(ODD)) ?? "null",
  "deep lists": (random) =>
    `{"id":"d","x":${"[".repeat(100_000)}${random.below(2) ? "]".repeat(100_000) : ""}}`,
  "deep objects": () =>
    `{"id":"d","time":"2026-10-05T07:00:00Z","messages":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
  "deep tags": () =>
    `{"id":"d","time":"2026-10-05T07:00:00Z","attribution":{"tags":{"a":${"[".repeat(90_000)}${"]".repeat(90_000)}}}}`,
  "bytes that are no UTF-8": (random) =>
    Buffer.from(
      [123, 34, 0xc3, 0x28, 0xff, 0xfe, random.below(256) | 0x80, 34, 125].filter(
        (byte) => byte !== 10,
      ),
    ),
  "numbers that are no JSON": (random) =>
    `{"id":"n","time":"2026-10-05T07:00:00Z","usage":{"input_tokens":${random.pick(LITERALS)}}}`,
  "impossible times": (random) =>
    JSON.stringify({ ...JSON.parse(event(random)), time: random.pick(FUTURE) }),
  "names of the language": (random) =>
    `{"id":"p","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"identity":{"__proto__":{"polluted":1}},"${random.pick(["__proto__", "hasOwnProperty", "then"])}":"x"}`,
  "NUL characters": (random) =>
    `{"id":"a\\u0000b${random.below(9)}","time":"2026-10-05T07:00:00Z"\0}`,
  "a byte order mark in the middle": (random) => `\ufeff\ufeff${event(random)}`,
  "duplicate keys": (random) => `{"id":"one","id":${random.below(99)},"time":"x","time":null}`,
};

/** The whole body is what is wrong. */
const BODIES: Readonly<
  Record<string, (random: Random, valid: string) => Partial<MalformedBody> & { body: Uint8Array }>
> = {
  empty: () => ({ body: Buffer.alloc(0) }),
  "gzip that ends too early": (random, valid) => {
    const packed = gzipSync(valid);
    return {
      body: packed.subarray(0, random.below(packed.length)),
      headers: { "content-encoding": "gzip" },
    };
  },
  "a gzip bomb of one string": () => ({ body: BOMB, headers: { "content-encoding": "gzip" } }),
  "a gzip bomb of lines": () => ({ body: LINE_BOMB, headers: { "content-encoding": "gzip" } }),
  "gzip that is announced only": (_, valid) => ({
    body: Buffer.from(valid),
    headers: { "content-encoding": "gzip" },
  }),
  "an array that is cut": (random, valid) => ({
    body: Buffer.from(`[${valid.replaceAll("\n", ",")}`.slice(0, 20 + random.below(200))),
  }),
  "a string of 5 MB": (random) => ({
    body: Buffer.from(
      `{"id":"big","time":"2026-10-05T07:00:00Z","x":"${"y".repeat(4_900_000 + random.below(400_000))}"}`,
    ),
  }),
  "random bytes": (random) => ({
    body: Buffer.from(Array.from({ length: random.below(400) }, () => random.below(256))),
  }),
};

const BOMB = gzipSync(Buffer.alloc(64 * 2 ** 20, 97));
const LINE_BOMB = gzipSync("1\n".repeat(9_000_000));

const TYPES = [
  "application/json",
  "application/x-ndjson",
  "text/html",
  "image/png",
  "multipart/form-data",
  "application/octet-stream",
];

/** `count` bodies, each kind in turn, all from one seed. Lines are mixed with valid neighbours. */
export function malformedBodies(seed: number, count: number): MalformedBody[] {
  const random = createRandom(seed);
  const kinds = [...Object.keys(LINES), ...Object.keys(LINES), ...Object.keys(BODIES)];
  return Array.from({ length: count }, (_, n) => {
    const kind = kinds[n % kinds.length]!;
    const ids = Array.from({ length: 1 + random.below(4) }, (_unused, i) => `valid-${n}-${i}`);
    const neighbours = ids.map((id) => JSON.stringify({ ...JSON.parse(event(random)), id }));
    const headers = { "content-type": random.pick(TYPES) };
    const make = LINES[kind];
    if (make) {
      const lines: (string | Uint8Array)[] = [...neighbours];
      lines.splice(random.below(lines.length + 1), 0, make(random, n));
      return { kind, body: joined(lines), headers, valid: ids };
    }
    const made = BODIES[kind]!(random, neighbours.join("\n"));
    return {
      kind,
      body: new Uint8Array(made.body),
      headers: { ...headers, ...made.headers },
      valid: [],
    };
  });
}

function event(random: Random): string {
  return JSON.stringify({
    id: `odd-${random.below(1e9)}`,
    time: new Date(Date.parse("2026-10-05T07:00:00Z") + random.below(3_600_000)).toISOString(),
    tenant: "acme",
    identity: { id: "svc" },
    usage: { input_tokens: random.below(5_000) },
  });
}

function joined(lines: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])),
  );
}
