import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { DAY, MINUTE } from "#core/time.ts";
import { loadConfig } from "#services/config.ts";
import { demoFrame } from "#services/demo/calendar.ts";
import { generateDemo } from "#services/demo/generate.ts";
import { STORIES } from "#services/demo/stories/index.ts";
import { createRandom } from "#test/support/random.ts";
import { startTestService, type TestService } from "#test/support/service.ts";
import { shuffled } from "#test/support/streams.ts";
import { ndjson } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";

type Payload = Record<string, unknown>;

const SENDERS = 4;
const BATCH = 500;
const UNTIL = Date.parse("2026-10-15T14:00:00Z");
const SITE = fileURLToPath(new URL("../../services/demo/site/meterhound.yml", import.meta.url));
/** What one request carries: a round of four stays within the ten minutes by which an event may be late. */
const SLICE = 2 * MINUTE;

const timeOf = (event: Payload): number => Date.parse(String(event["time"]));
const file: Payload[] = [...generateDemo({ seed: 1, until: UNTIL })].toSorted(
  (a, b) => timeOf(a) - timeOf(b),
);
const { week } = demoFrame(UNTIL);
const history = file.filter((event) => timeOf(event) < week);
const watched = file.filter((event) => timeOf(event) >= week);

let one: Finding[];
let four: Finding[];
/** Events that the log holds behind newer ones, in the run of four. */
let displaced = 0;

beforeAll(async () => {
  [one, four] = await Promise.all([findingsOf(sendByOne), findingsOf(sendByFour)]);
}, 300_000);

async function sendByOne(test: TestService): Promise<void> {
  for (const batch of inBatches(watched, BATCH)) await sendAll(test, [batch]);
}

/** Whoever comes first in a round of four is chance. */
async function sendByFour(test: TestService): Promise<void> {
  const random = createRandom(4);
  for (const round of slicesOf(watched, SENDERS * SLICE)) {
    await sendAll(test, shuffled(random, slicesOf(round, SLICE)));
  }
  displaced = await countDisplaced(test);
}

/** The final findings of a running service over the file, its quiet first week always sent by one. */
async function findingsOf(send: (test: TestService) => Promise<void>): Promise<Finding[]> {
  const { identities, ownership, prices, charges, sources } = await loadConfig({
    file: SITE,
    env: {},
  });
  const site = { identities, ownership, prices, charges, sources };
  const test = await startTestService({ ...site, now: () => UNTIL });
  try {
    for (const batch of inBatches(history, BATCH)) await sendAll(test, [batch]);
    await send(test);
    await close(test);
    return test.service.findings.all();
  } finally {
    await test.stop();
  }
}

async function sendAll(test: TestService, batches: readonly Payload[][]): Promise<void> {
  const answers = await Promise.all(batches.map((batch) => test.send(ndjson(batch))));
  answers.forEach(({ status, json }, i) => {
    expect([status, json["accepted"]]).toEqual([202, batches[i]!.length]);
  });
}

/** Says that a month has passed, so that every episode is over, and waits until that is folded. */
async function close({ service }: TestService): Promise<void> {
  const { usageLog } = service.ports;
  const tick = { kind: "tick", at: UNTIL + 30 * DAY } as const;
  await usageLog.append(
    Array.from({ length: usageLog.partitions }, (_, partition) => ({ partition, entries: [tick] })),
  );
  const isOver = (): boolean => {
    const findings = service.findings.all();
    return service.folded() > file.length && findings.every(({ closed_at }) => closed_at !== null);
  };
  await until("every finding to be closed", isOver, 60_000);
}

async function countDisplaced({ service }: TestService): Promise<number> {
  const { usageLog } = service.ports;
  let count = 0;
  for (let partition = 0; partition < usageLog.partitions; partition++) {
    const entries = await usageLog.read(partition, 0, 2 * file.length);
    let newest = -Infinity;
    for (const { kind, at } of entries) {
      if (kind !== "event") continue;
      if (at < newest) count += 1;
      newest = Math.max(newest, at);
    }
  }
  return count;
}

/** Cuts the events at multiples of a length of time. */
function slicesOf(events: readonly Payload[], length: number): Payload[][] {
  const slices = new Map<number, Payload[]>();
  for (const event of events) {
    const place = Math.floor(timeOf(event) / length);
    const slice = slices.get(place);
    if (slice) slice.push(event);
    else slices.set(place, [event]);
  }
  return [...slices.values()];
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

const nameOf = ({ tenant, family, subject, severity }: Finding): string =>
  [tenant, family, subject.identity ?? subject.credential ?? subject.flow, severity].join(" ");
const withMoney = (finding: Finding): string =>
  `${nameOf(finding)} ${finding.showback.observed} ${finding.showback.excess}`;
const inOrder = (findings: readonly Finding[], tell: (finding: Finding) => string): string[] =>
  findings.map(tell).toSorted();

describe("four parallel senders of one file", () => {
  it("mix its events up", () => {
    expect(displaced).toBeGreaterThan(watched.length / 10);
  });

  it("find what one sender finds: as many, of the same family, entity and final severity", () => {
    const found = new Set(one.map(({ family }) => family));
    expect(STORIES.filter(({ family }) => !found.has(family))).toEqual([]);
    expect(inOrder(four, nameOf)).toEqual(inOrder(one, nameOf));
  });

  it("find it at the same cost, to the last digit, and the same excess", () => {
    expect(inOrder(four, withMoney)).toEqual(inOrder(one, withMoney));
  });
});
