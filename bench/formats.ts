import { checkEvent, isProblem } from "#core/event-check.ts";
import type { Format } from "#core/formats/format.ts";
import { formatNamed } from "#core/formats/formats.ts";
import { mapPayload } from "#core/formats/map-payload.ts";
import { createDigest } from "#core/privacy.ts";
import { createCalls } from "#test/formats/calls.ts";
import { WRITERS } from "#test/formats/writers.ts";
import { print, ratios, spread } from "./figures.ts";

/**
 * What mapping costs: the time to map and check the payloads of each format as a ratio to the time
 * JSON.parse takes for the same payloads, in the same process, the two in turn.
 *
 * usage: npm run bench:formats
 */
const ROUNDS = 9;
const CALLS = createCalls(10_000);
/** Parsed payloads are not kept longer than a request keeps them. */
const CHUNK = 100;
const ORIGIN = { source: "bench", tenants: null, digest: createDigest("bench") };

for (const { format: name, table, write } of WRITERS) {
  const format = formatNamed(name)!;
  const texts = CALLS.map((call) => JSON.stringify(write(call)));
  const parsing: number[] = [];
  const mapping: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const spent = { parsing: 0, mapping: 0 };
    for (let from = 0; from < texts.length; from += CHUNK) {
      const started = performance.now();
      const payloads = texts.slice(from, from + CHUNK).map((text) => JSON.parse(text) as unknown);
      const parsed = performance.now();
      for (const payload of payloads) mapAndCheck(format, payload);
      spent.parsing += parsed - started;
      spent.mapping += performance.now() - parsed;
    }
    if (round === 0) continue; // warm-up
    parsing.push(spent.parsing);
    mapping.push(spent.mapping);
  }
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const ratio = spread(ratios(mapping, parsing), 2);
  print(`${name}, ${table} (${bytes.toFixed(0)} bytes)`, `${ratio} of JSON.parse`);
}
print(`${CALLS.length} payloads a format, ${ROUNDS} rounds after one warm-up`);

function mapAndCheck(format: Format, payload: unknown): void {
  for (const mapped of mapPayload(format, payload, ORIGIN.digest)) {
    if ("problem" in mapped) throw new Error(mapped.problem.message);
    const checked = checkEvent(mapped.draft, ORIGIN);
    if (isProblem(checked)) throw new Error(checked.message);
  }
}
