import type { Site } from "#services/site.ts";
import { startChild } from "../child.ts";
import { median, print, ratios, spread } from "../figures.ts";
import type { BareTask } from "./bare.ts";
import { demoMessages, TENANTS } from "./demo-messages.ts";
import { connectTo, createInstallation, fillLog, type Servers } from "./installation.ts";
import type { WorkerFigures, WorkerTask } from "./worker.ts";

const ROUNDS = 3;

/**
 * A worker over a filled usage log against a bare consumer over the same one, a process each, in turn;
 * every round with a log of its own. Prints the share and answers the worker's median events a second.
 */
export async function benchThroughput(servers: Servers, site: Site): Promise<number> {
  const messages = demoMessages(site, 0);
  const bares: number[] = [];
  const workers: WorkerFigures[] = [];
  let entries = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const settings = await createInstallation(servers, `round${round}`);
    const nats = await connectTo(settings);
    entries = await fillLog(nats, messages);
    await nats.close();
    bares.push(await askChild<number>("bare.ts", { settings, entries }));
    workers.push(await askChild<WorkerFigures>("worker.ts", { settings, entries }));
  }
  const folded = workers.map((figures) => figures.folded);
  const stored = workers.map((figures) => figures.stored);
  print("worker ÷ bare consume + JSON.parse", spread(ratios(stored, bares), 2));
  print("  up to the last finding", spread(ratios(folded, bares), 2));
  print("bare consume + JSON.parse, events/s", median(bares).toFixed(0));
  print("worker, everything on, events/s", median(stored).toFixed(0));
  print("  up to the last finding", median(folded).toFixed(0));
  const [size, tenants] = [messages.length, TENANTS.length];
  print(`${entries} entries in ${size} messages, ${tenants} tenants, ${ROUNDS} rounds`);
  return median(stored);
}

async function askChild<Answer>(script: string, task: BareTask | WorkerTask): Promise<Answer> {
  const child = startChild<Answer>(new URL(script, import.meta.url), task);
  const answer = await child.next();
  await child.end();
  return answer;
}
