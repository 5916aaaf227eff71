import type { Site } from "#services/site.ts";
import { startChild } from "../child.ts";
import { median, print, quantile, ratios, spread } from "../figures.ts";
import { demoMessages } from "./demo-messages.ts";
import { connectTo, createInstallation, fillLog, type Servers } from "./installation.ts";
import { type Prober, probeBare, probeFindings } from "./latency.ts";
import type { LoadTask } from "./load.ts";
import type { WorkerFigures, WorkerTask } from "./worker.ts";

const RUNS = 5;
const PROBES = 140;
/** Seconds of background: longer than the probes take. */
const SECONDS = 8;

interface Run {
  p50: number;
  p99: number;
  /** How much longer the background took than asked. */
  stretch: number;
}

/**
 * Append → finding under a steady background of demo events, against bare publish → consume under the
 * same one, in turn, on one installation.
 */
export async function benchLatency(servers: Servers, site: Site, rate: number): Promise<void> {
  const settings = await createInstallation(servers, "latency");
  const nats = await connectTo(settings);
  const entries = await fillLog(nats, demoMessages(site, 0));
  const task: WorkerTask = { settings, entries };
  const worker = startChild<WorkerFigures>(new URL("worker.ts", import.meta.url), task);
  await worker.next();
  const bare = await probeBare(nats);
  const findings = await probeFindings(nats);
  const bares: Run[] = [];
  const ours: Run[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const load = { settings, fortnight: run, rate, events: Math.ceil(rate * SECONDS) };
    bares.push(await measure(bare, `bare${run}`, { ...load, into: "bare" }));
    ours.push(await measure(findings, `run${run}`, { ...load, into: "log" }));
  }
  await findings.close();
  await bare.close();
  await worker.end();
  await nats.close();
  report("p50", bares, ours);
  report("p99", bares, ours);
  const stretch = median(ours.map((run) => run.stretch));
  print(
    `background of ${rate.toFixed(0)} events/s (took ${stretch.toFixed(2)} × the time asked), ${PROBES} probes a run, ${RUNS} runs`,
  );
}

async function measure(prober: Prober, run: string, task: LoadTask): Promise<Run> {
  await prober.prepare(run, PROBES);
  const load = startChild<"begun" | number>(new URL("load.ts", import.meta.url), task);
  await load.next();
  const times = await prober.probe(run, PROBES);
  const stretch = Number(await load.next());
  await load.end();
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), stretch };
}

function report(which: "p50" | "p99", bares: readonly Run[], ours: readonly Run[]): void {
  const [theirs, own] = [bares, ours].map((runs) => runs.map((run) => run[which]));
  print(`append → finding ÷ publish → consume, ${which}`, spread(ratios(own!, theirs!), 1));
  print(`  bare publish → consume, ms`, spread(theirs!, 2));
  print(`  append → finding, ms`, spread(own!, 2));
}
