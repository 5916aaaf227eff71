import { setTimeout as sleep } from "node:timers/promises";
import { createNatsFindingLog } from "#adapters/finding-log/nats.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { publish } from "#adapters/nats/publish.ts";
import { createNatsUsageLog } from "#adapters/usage-log/nats.ts";
import type { UsageEvent } from "#core/event.ts";
import { partitionOf, PARTITIONS } from "#core/partition.ts";
import { formatTime } from "#core/time.ts";
import { bareSubject } from "./installation.ts";

/** Shares a partition with the first tenant of the demo, and so waits behind its messages; its time is its own. */
const TENANT = "probe-16";
const PARTITION = partitionOf(TENANT, PARTITIONS);
const EVERY = 50;
/** Probes that only warm up what they pass through. */
const WARM_UP = 20;

/** Milliseconds from sending each probe until it was seen at the other end, without those of the warm-up. */
export type Probing = (run: string, count: number) => Promise<number[]>;

/** How long it takes until the third equal step of a loop, appended to the usage log, is a finding in the finding log. */
export async function probeFindings(nats: Nats): Promise<Prober> {
  const usageLog = createNatsUsageLog(nats);
  const append = (events: UsageEvent[]): Promise<void> => {
    const entries = events.map((event) => {
      return { kind: "event" as const, at: Date.parse(event.time), event, cost: null };
    });
    return usageLog.append([{ partition: PARTITION, entries }]);
  };
  const seen = new Map<string, number>();
  const abort = new AbortController();
  const findingLog = createNatsFindingLog(nats);
  const reading = (async () => {
    for await (const batch of findingLog.readAndTail(0, abort.signal)) {
      for (const { entry } of batch) {
        if (entry.tenant !== TENANT || entry.kind !== "opened") continue;
        const at = performance.now();
        const { family, subject } = entry.body;
        if (family === "prompt-loop" && subject.flow !== null) seen.set(subject.flow, at);
      }
    }
  })();
  return {
    async prepare(run, count) {
      for (let i = 0; i < count; i++) await append([stepOf(run, i, 1), stepOf(run, i, 2)]);
    },
    probe: (run, count) => probing(run, count, seen, (i) => append([stepOf(run, i, 3)])),
    async close() {
      abort.abort();
      await reading;
    },
  };
}

/** How long it takes until a message, published to a stream beside, comes out of the client's consumer. */
export async function probeBare(nats: Nats): Promise<Prober> {
  const stream = nats.names.subject("bare").replaceAll(".", "_");
  const subject = bareSubject(nats);
  await nats.jsm.streams.add({ name: stream, subjects: [nats.names.subject("bare", ">")] });
  const seen = new Map<string, number>();
  const consumer = await nats.js.consumers.get(stream);
  const messages = await consumer.consume({ max_messages: 500 });
  const own = subject(PARTITION, TENANT);
  const reading = (async () => {
    for await (const { subject: from, data } of messages) {
      if (from !== own) continue;
      const { flow } = JSON.parse(Buffer.from(data).toString()) as UsageEvent;
      seen.set(flow!.session!, performance.now());
    }
  })();
  return {
    prepare: async () => {},
    probe: (run, count) =>
      probing(run, count, seen, async (i) => {
        await publish(nats, own, Buffer.from(JSON.stringify(stepOf(run, i, 3))));
      }),
    async close() {
      await messages.close();
      await reading;
    },
  };
}

export interface Prober {
  /** What has to be there before the probes. */
  prepare(run: string, count: number): Promise<void>;
  probe: Probing;
  close(): Promise<void>;
}

/** Sends probes and waits until each is seen at the other end, or for half a minute. */
async function probing(
  run: string,
  count: number,
  seen: ReadonlyMap<string, number>,
  send: (i: number) => Promise<void>,
): Promise<number[]> {
  const sent = new Map<string, number>();
  const sending: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    sent.set(flowOf(run, i), performance.now());
    sending.push(send(i));
    await sleep(EVERY);
  }
  await Promise.all(sending);
  const deadline = performance.now() + 30_000;
  while ([...sent.keys()].some((flow) => !seen.has(flow))) {
    if (performance.now() > deadline) throw new Error("not every probe came out");
    await sleep(EVERY);
  }
  return [...sent].map(([flow, at]) => seen.get(flow)! - at).slice(WARM_UP);
}

function flowOf(run: string, i: number): string {
  return `${run}-${i}`;
}

function stepOf(run: string, i: number, step: number): UsageEvent {
  const session = flowOf(run, i);
  return {
    id: `${session}-${step}`,
    time: formatTime(Date.now()),
    source: "bench",
    type: "usage",
    tenant: TENANT,
    identity: { id: "prober", type: "agent" },
    flow: { session },
    model: { provider: "openai", requested: "gpt-5-mini" },
    usage: { input_tokens: 1_000, output_tokens: 100 },
    outcome: { status: "ok" },
    content: { prompt_digest: "p", result_digest: "r", digest_scope: "new_content" },
  };
}
