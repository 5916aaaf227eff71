import { setTimeout as sleep } from "node:timers/promises";
import { isProblem } from "#core/event-check.ts";
import { modelName, type UsageEvent } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createDigest } from "#core/privacy.ts";
import { MINUTE } from "#core/time.ts";
import type { Settings } from "#services/config.ts";
import { readEvent } from "#services/ingest/read-event.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";
import { loadSite } from "#services/site.ts";
import { byId } from "./installation.ts";
import { request } from "./service.ts";
import { ndjson } from "./traffic.ts";

/** Events as ingest reads them under these settings: digested, owned, priced. */
export async function resolveEvents(
  settings: Settings,
  events: readonly object[],
): Promise<ResolvedEvent[]> {
  const site = await loadSite(settings);
  const origin = { source: "local", tenants: null, digest: createDigest(settings.digest_key!) };
  return structuredClone([...events]).map((event) => {
    const read = readEvent(event, origin, site);
    if (isProblem(read)) throw new Error(`${read.code} ${read.path}: ${read.message}`);
    return read;
  });
}

/** The findings of one process that nobody disturbs, by id. */
export async function undisturbed(
  settings: Settings,
  events: readonly ResolvedEvent[],
): Promise<Finding[]> {
  async function* batches(): AsyncGenerator<readonly ResolvedEvent[]> {
    for (let i = 0; i < events.length; i += 1_000) yield events.slice(i, i + 1_000);
  }
  return byId((await replay(createProgram(loadRules(), settings.impact), batches())).findings);
}

/**
 * Posts a batch until it is acknowledged, as a sender must; answers how many tries got no answer or
 * a 503. Anything else is an error.
 */
export async function sendUntilTaken(
  address: string,
  batch: readonly object[],
  within = 60_000,
): Promise<number> {
  const body = ndjson(batch);
  const deadline = Date.now() + within;
  for (let refused = 0; ; refused++) {
    const status = await post(`${address}/v1/events`, body);
    if (status === 202) return refused;
    if (Date.now() > deadline) throw new Error(`not taken within ${within} ms: ${status}`);
    await sleep(100);
  }
}

/** 0 where there was no answer. */
async function post(url: string, body: string): Promise<number> {
  try {
    const { status, text } = await request(url, "POST", { body });
    if (status !== 202 && status !== 503) throw new Error(`answer ${status}: ${text}`);
    return status;
  } catch (error) {
    if (error instanceof TypeError) return 0;
    throw error;
  }
}

type Sums = Omit<Rollup, "start" | "segment">;
const TOTALS = [
  "calls",
  "errors",
  "retries",
  "input_tokens",
  "output_tokens",
  "cached_input_tokens",
  "cost",
  "unpriced_calls",
] as const;
export type Totals = Map<string, string>;

/** What the rollups of these events must add up to, by plain grouping: one line of totals per key and minute. */
export function totalsOfEvents(events: readonly ResolvedEvent[]): Totals {
  const sums = new Map<string, bigint[]>();
  for (const { at, event, cost } of events) {
    add(sums, keyOf(at - (at % MINUTE), labelsOf(event)), amountsOf(event, cost));
  }
  return asText(sums);
}

/** The same lines from stored rollups, summed over segments. */
export function totalsOfRollups(rollups: readonly Rollup[]): Totals {
  const sums = new Map<string, bigint[]>();
  for (const rollup of rollups) {
    const labels = [rollup.tenant, rollup.identity, rollup.credential, rollup.model];
    labels.push(rollup.environment, rollup.team, rollup.cost_center);
    const amounts = TOTALS.map((name: keyof Sums) => BigInt(rollup[name]));
    add(sums, keyOf(rollup.start, labels), amounts);
  }
  return asText(sums);
}

/** Lines that are not the same in both, as somebody would want to read them. */
export function differences(stored: Totals, wanted: Totals): string[] {
  const keys = new Set([...stored.keys(), ...wanted.keys()]);
  return [...keys]
    .filter((key) => stored.get(key) !== wanted.get(key))
    .map((key) => `${key}: ${stored.get(key) ?? "missing"} for ${wanted.get(key) ?? "nothing"}`);
}

function labelsOf(event: UsageEvent): string[] {
  const { tenant, identity, attribution } = event;
  const labels = [identity?.id, identity?.credential, modelName(event)];
  labels.push(attribution?.environment, attribution?.team, attribution?.cost_center);
  return [tenant, ...labels.map((label) => label ?? "_none")];
}

/** In the order of TOTALS. */
function amountsOf({ usage, outcome }: UsageEvent, cost: bigint | null): bigint[] {
  const isError = !["ok", "cache_hit", undefined].includes(outcome?.status);
  return [
    1n,
    isError ? 1n : 0n,
    BigInt(usage?.retries ?? 0),
    BigInt(usage?.input_tokens ?? 0),
    BigInt(usage?.output_tokens ?? 0),
    BigInt(usage?.cached_input_tokens ?? 0),
    cost ?? 0n,
    cost === null ? 1n : 0n,
  ];
}

function keyOf(start: number, labels: readonly string[]): string {
  return `${new Date(start).toISOString().slice(0, 16)} ${labels.join(" ")}`;
}

function add(sums: Map<string, bigint[]>, key: string, amounts: readonly bigint[]): void {
  const known = sums.get(key) ?? amounts.map(() => 0n);
  sums.set(
    key,
    known.map((sum, i) => sum + amounts[i]!),
  );
}

function asText(sums: Map<string, bigint[]>): Totals {
  return new Map([...sums].map(([key, amounts]) => [key, amounts.join(" ")]));
}
