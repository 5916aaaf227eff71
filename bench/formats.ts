import type { Format } from "#core/formats/format.ts";
import { formatNamed } from "#core/formats/formats.ts";
import { mapPayload } from "#core/formats/map-payload.ts";
import { createDigest } from "#core/privacy.ts";
import { readPayload } from "#services/ingest/read-payload.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { createCalls } from "#test/formats/calls.ts";
import { print, ratios, spread } from "./figures.ts";
import { type Sender, SENDERS } from "./formats/payloads.ts";

/**
 * What mapping costs: the processor time to map the payloads of each format as a ratio to what
 * JSON.parse takes for the same payloads, in the same process, the two in turn; then the same with the
 * checks, the owner and the price that follow.
 *
 * usage: npm run bench:formats -- [the first letters of a format]
 */
const ROUNDS = 15;
const EVENTS = 2_000;
/** Parsed events are not kept longer than a request keeps them. */
const CHUNK = 50;
const ORIGIN = { source: "bench", tenants: null, digest: createDigest("bench") };
const SITE = await loadSite(NO_SITE_FILES);

/** Calls whose words are as many as people and models write. */
const CALLS = createCalls(EVENTS).map((call) => ({
  ...call,
  prompt: `${call.prompt}: ${"where is my order, and why did nobody tell me of it? ".repeat(6)}`,
  answer: `${call.answer}: ${"Your order left our warehouse on Monday; it comes tomorrow. ".repeat(14)}`,
}));

const wanted = process.argv[2] ?? "";
print("", "bytes an event   map / parse           map, check, resolve / parse");
for (const sender of SENDERS.filter(({ name }) => name.startsWith(wanted))) {
  measure(sender);
}
print(`${EVENTS} events a format, ${ROUNDS} rounds after one warm-up`);

function measure({ name, format: system, batch, write, parse }: Sender): void {
  const format = formatNamed(system)!;
  const texts = batchesOf(CALLS, batch).map((calls) => JSON.stringify(write(calls)));
  const chunks = batchesOf(texts, CHUNK / batch);
  const parsing: number[] = [];
  const mapping: number[] = [];
  const reading: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const spent = { parsing: 0, mapping: 0, reading: 0 };
    for (const chunk of chunks) {
      const started = processorTime();
      const payloads = chunk.map((text) => parse(text));
      const parsed = processorTime();
      for (const payload of payloads) map(format, payload);
      const mapped = processorTime();
      for (const payload of payloads) readWhole(format, payload);
      spent.parsing += parsed - started;
      spent.mapping += mapped - parsed;
      spent.reading += processorTime() - mapped;
    }
    if (round === 0) continue; // warm-up
    parsing.push(spent.parsing);
    mapping.push(spent.mapping);
    reading.push(spent.reading);
  }
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / EVENTS;
  const [alone, whole] = [mapping, reading].map((times) => spread(ratios(times, parsing), 2));
  print(name, `${bytes.toFixed(0).padEnd(17)}${alone!.padEnd(22)}${whole!}`);
}

/** Microseconds that this process had a core for: others that want it too do not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function map(format: Format, payload: unknown): void {
  for (const mapped of mapPayload(format, payload, ORIGIN.digest)) {
    if ("problem" in mapped) throw new Error(mapped.problem.message);
  }
}

function readWhole(format: Format, payload: unknown): void {
  readPayload(payload, format, ORIGIN, SITE, (read) => {
    if ("problem" in read) throw new Error(read.problem.message);
  });
}

function batchesOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) =>
    list.slice(n * size, (n + 1) * size),
  );
}
