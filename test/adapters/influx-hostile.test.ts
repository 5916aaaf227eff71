import { afterAll, describe, expect, it } from "vitest";
import { flux } from "@influxdata/influxdb-client";
import { having, source, text } from "#adapters/influx/flux.ts";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import type { Dropped } from "#adapters/influx/send.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { HOSTILE_STRINGS } from "#test/contract/hostile-strings.ts";
import { withInfluxd } from "#test/support/influxd.ts";
import { createRandom } from "#test/support/random.ts";
import { NOON, rollup } from "#test/support/rollup.ts";

/** What breaks line protocol, Flux, CSV or the reader of one of them, to be put together at random. */
const PIECES = [
  ...HOSTILE_STRINGS,
  "\\",
  "\\\\",
  "\\,",
  "\\ ",
  "\\=",
  ",",
  " ",
  "=",
  '"',
  '""',
  "\n",
  "\r\n",
  "\t",
  "\0",
  "#",
  "#datatype,string,long",
  ",result,table,_start",
  "error",
  "_none",
  "usage_1m,tenant=other calls=999i 1",
  "\nusage_1m,tenant=other calls=999i 1\n",
  "=1i,cost_pico=0i 0",
  '") |> yield() //',
  '"})',
  "${r.tenant}",
  "$${",
  "\\${",
  "$",
  '$"',
  '$" or true) |> yield() //',
  "$\\",
  '" or true or r.tenant == "',
  'buckets() |> yield(name: "x")',
  "%",
  "%0A",
  "%u0041",
  "%25",
  "\ud800",
  "\udfff",
  "\ud83d\ude80",
  "\u2028",
  "\u0085",
  "\u00a0",
  "\ufeff",
  "e\u0301",
  "\u00e9",
  "\uffff",
  "a",
  "Z9",
];

function hostileTexts(count: number): string[] {
  const random = createRandom(20_261_005);
  const texts = new Set<string>(PIECES.filter((text) => text !== "_none"));
  while (texts.size < count) {
    const length = random.below(40) === 0 ? 400 : 1 + random.below(5);
    let text = "";
    for (let i = 0; i < length; i++) text += random.pick(PIECES);
    if (text !== "_none") texts.add(random.below(2) === 0 ? text.slice(0, 256) : text);
  }
  return [...texts];
}

const range = { from: NOON - DAY, to: NOON + DAY };

await withInfluxd("adapters/influx-hostile", (server) => {
  afterAll(() => server.dispose());

  describe("2,000 hostile texts", () => {
    it("come back as themselves from every place, or are refused, and make no series of their own", async () => {
      const texts = hostileTexts(2_000);
      const { prefix, client } = await server.installation();
      const dropped: Dropped[] = [];
      const store = createInfluxSeriesStore({
        client,
        prefix,
        keepForever: true,
        onDropped: (one) => dropped.push(one),
      });
      const places = ["tenant", "identity", "model", "team", "credential"] as const;
      const written = texts.flatMap((text, i) => {
        const place = places[i % places.length]!;
        return [rollup({ [place]: text, calls: i }), all(text, i)];
      });
      await store.writeRollups(written);
      const tooLong = written.filter((one) => places.some((place) => one[place].length > 256));
      expect(dropped).toHaveLength(tooLong.length);
      expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(["value"]));

      const wanted = written.filter((one) => !tooLong.includes(one));
      const found = await store.rollups(-Infinity, Infinity);
      const print = (one: Rollup): string =>
        JSON.stringify([one.start, ...places.map((place) => one[place]), one.calls]);
      expect(new Set(found.map(print))).toEqual(new Set(wanted.map(print)));
      expect(found).toHaveLength(wanted.length);
      for (const bucket of ["usage_1m", "usage_1h"]) {
        expect(await measurements(`${prefix}${bucket}`)).toEqual([bucket]);
        expect(await seriesIn(`${prefix}${bucket}`)).toBe(wanted.length);
      }
    }, 60_000);

    it("find their own and nothing else when a timeline asks for them", async () => {
      const texts = hostileTexts(2_000).filter(({ length }) => length <= 256);
      const { prefix, client } = await server.installation();
      const onDropped = (one: Dropped): never => {
        throw new Error(one.message);
      };
      const store = createInfluxSeriesStore({ client, prefix, keepForever: true, onDropped });
      await store.writeRollups(texts.map((text, i) => all(text, i + 1)));
      for (let i = 0; i < texts.length; i += 10) {
        const text = texts[i]!;
        const where = { identity: [text], credential: [text], model: [text], team: [text] };
        const points = await store.timeline({
          tenants: [text],
          where,
          by: [],
          ...range,
          step: HOUR,
        });
        expect(points.map(({ calls }) => calls)).toEqual([i + 1]);
      }
    }, 60_000);

    it("are literals that the server reads as themselves", async () => {
      const { client } = await server.installation();
      const texts = hostileTexts(2_000).filter((one) => !/[\r\n\p{Cs}]/u.test(one));
      texts.push("$", '$"', '$" or true //', "$\\", '$$\\"', "$${x}", "$\\${x}");
      for (let i = 0; i < texts.length; i += 100) {
        const some = texts.slice(i, i + 100);
        const rows = some.map((one) => flux`{v: ${text(one)}}`).reduce((a, b) => flux`${a}, ${b}`);
        const query = flux`import "array"
array.from(rows: [${rows}])`;
        expect((await client.rows(query, ["v"])).flat()).toEqual(some);
      }
    });

    it("change nothing of a query but its literal", () => {
      const golden = having("tenant", ["x"]).toString();
      const [before, after] = golden.split('"x"');
      for (const one of hostileTexts(2_000).filter(({ length }) => length <= 256)) {
        const query = having("tenant", [one]).toString();
        expect(query.startsWith(`${before}"`) && query.endsWith(`"${after}`)).toBe(true);
        const literal = query.slice(before!.length + 1, query.length - after!.length - 1);
        // Nothing in it can end it or begin an expression: not even after a `$`, which swallows escapes.
        expect(literal).not.toMatch(/["$]|\\(?!x[0-9a-f]{2})/);
      }
    });
  });

  async function measurements(bucket: string): Promise<string[]> {
    const { client } = await server.installation();
    const rows = await client.rows(
      flux`import "influxdata/influxdb/schema"
schema.measurements(bucket: ${text(bucket)}, start: ${new Date(0)})`,
      ["_value"],
    );
    return rows.map(([name]) => name);
  }

  async function seriesIn(bucket: string): Promise<number> {
    const { client } = await server.installation();
    const rows = await client.rows(
      flux`${source(bucket, bucket.replace(/^\w*?_/, ""), 0, NOON + MINUTE)}
  |> ${having("field", ["calls"])} |> last() |> group() |> count()`,
      ["_value"],
    );
    return Number(rows[0]?.[0] ?? 0);
  }
});

function all(text: string, calls: number): Rollup {
  return rollup({
    tenant: text,
    identity: text,
    credential: text,
    model: text,
    environment: text,
    team: text,
    cost_center: text,
    calls,
  });
}
