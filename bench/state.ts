import { createMemoryCheckpointStore } from "#adapters/checkpoint-store/memory.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import type { UsageEvent } from "#core/event.ts";
import { fold } from "#core/pipeline/fold.ts";
import { createOutputs, type Outputs } from "#core/pipeline/outputs.ts";
import { createProgram } from "#core/pipeline/program.ts";
import { createPartitionState, type PartitionState } from "#core/pipeline/state.ts";
import { DAY, type EventTime, formatTime, HOUR } from "#core/time.ts";
import { loadSnapshot, packSnapshot } from "#services/detect/checkpoint.ts";
import { loadRules } from "#services/rules/load.ts";
import { print } from "./figures.ts";

/**
 * What many identities cost, all rules on: memory of the detect state, its checkpoint and the way back,
 * eviction, and the rate of events against the rate at ten thousand identities. Each identity has a
 * credential of its own and three calls, five hours apart, then the measured ones.
 *
 * usage: npm run bench:state [-- IDENTITIES]   (100,000 unless told)
 */
const FEW = 10_000;
const PARTITIONS = 16;
const WARM_CALLS = 3;
const MEASURED = 300_000;
const START = Date.UTC(2026, 0, 5);
const LATER = 120 * DAY;

const program = createProgram(loadRules(), DEFAULT_IMPACT);
const collect = globalThis.gc ?? missingGc();

interface Crowd {
  partitions: PartitionState[];
  sequence: number;
}

const identities = Number(process.argv[2] ?? 100_000);
const few = measured(fill(FEW), FEW);
const before = memory();
const crowd = fill(identities);
const bytes = memory() - before;
const many = measured(crowd, identities);
print("identities", String(identities));
print("state, GB", (bytes / 1e9).toFixed(2));
print("state, bytes an identity", (bytes / identities).toFixed(0));
print("rate ÷ rate at 10,000 identities", (many / few).toFixed(2));
print("fold, events/s", many.toFixed(0));
await restore(crowd);
evict(crowd);

/** New partitions in which every identity has made its first calls. */
function fill(count: number): Crowd {
  const partitions = Array.from({ length: PARTITIONS }, createPartitionState);
  const crowd: Crowd = { partitions, sequence: 0 };
  const outputs = createOutputs();
  for (let call = 0; call < WARM_CALLS; call++) {
    for (let i = 0; i < count; i++) {
      see(crowd, i, START + call * 5 * HOUR + Math.floor((i * HOUR) / count), outputs);
    }
  }
  return crowd;
}

/** Events a second, over all identities in turn, in one hour of event time. */
function measured(crowd: Crowd, count: number): number {
  const outputs = createOutputs();
  const from = START + WARM_CALLS * 5 * HOUR;
  const started = performance.now();
  for (let n = 0; n < MEASURED; n++) {
    // A step without a common divisor visits identities in no order of theirs.
    const identity = (n * 7_919) % count;
    see(crowd, identity, from + Math.floor((n * HOUR) / MEASURED), outputs);
  }
  return (MEASURED / (performance.now() - started)) * 1_000;
}

function see(crowd: Crowd, identity: number, at: EventTime, outputs: Outputs): void {
  const sequence = ++crowd.sequence;
  const state = crowd.partitions[identity % PARTITIONS]!;
  fold(
    program,
    state,
    { kind: "event", sequence, at, event: call(identity, sequence, at), cost: 12_000_000_000n },
    outputs,
  );
  if (sequence % 10_000 !== 0) return;
  outputs.findings.length = 0;
  outputs.bands.length = 0;
  outputs.rollups.clear();
}

function call(identity: number, sequence: number, at: EventTime): UsageEvent {
  return {
    id: `evt_${sequence}`,
    time: formatTime(at),
    source: "gateway",
    type: "usage",
    tenant: `tenant-${identity % PARTITIONS}`,
    identity: { id: `svc-${identity}`, type: "service", credential: `fp_${identity}`, owner: "o" },
    attribution: {
      team: "team",
      service: "service",
      cost_center: "cc",
      environment: "production",
    },
    model: { provider: "anthropic", requested: "claude-sonnet-4-6", operation: "chat" },
    usage: { input_tokens: 1_200, output_tokens: 300 },
    outcome: { status: "ok" },
    network: { ip: `198.51.${identity % 100}.7`, user_agent: "anthropic-sdk-python/0.75.0" },
    quality: [],
  };
}

/** Packs every partition and reads it back, one at a time as a worker does. */
async function restore({ partitions }: Crowd): Promise<void> {
  let size = 0;
  let packing = 0;
  let reading = 0;
  for (const [i, state] of partitions.entries()) {
    const started = performance.now();
    const checkpoint = packSnapshot({ state, unwritten: { rollups: [], bands: [] } }, 1);
    const packed = performance.now();
    const store = createMemoryCheckpointStore();
    await store.save(i, checkpoint);
    const { state: back } = await loadSnapshot(store, i);
    reading += performance.now() - packed;
    packing += packed - started;
    size += checkpoint.state.length;
    if (identitiesIn(back) !== identitiesIn(state)) throw new Error("identities were lost");
  }
  print("checkpoints, GB", (size / 1e9).toFixed(2));
  print("packed in, s", (packing / 1_000).toFixed(1));
  print("restored in, s", (reading / 1_000).toFixed(1));
}

/** After months without a call everything but the newest caller is forgotten. */
function evict(crowd: Crowd): void {
  const started = performance.now();
  for (let i = 0; i < PARTITIONS; i++) see(crowd, i, START + LATER, createOutputs());
  print("evicted in, s", ((performance.now() - started) / 1_000).toFixed(1));
  const left = crowd.partitions.reduce((sum, state) => sum + identitiesIn(state), 0);
  const states = crowd.partitions.flatMap(({ tenants }) => [...tenants.values()]);
  const kept = states.flatMap(({ detectors }) => [...detectors.values()]);
  const sizes = kept.reduce((sum, { states: of }) => sum + of.size, 0);
  print("identities and detector states left", `${left}, ${sizes}`);
}

function identitiesIn({ tenants }: PartitionState): number {
  return [...tenants.values()].reduce((sum, tenant) => sum + tenant.identities.size, 0);
}

function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function missingGc(): never {
  throw new Error("run it as npm run bench:state does: it needs --expose-gc");
}
