import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import type { Settings } from "#services/config.ts";
import { startWorker } from "#services/detect/worker.ts";
import { SHIPPED_RULES } from "#services/rules/load.ts";
import { openRuleSets } from "#services/rules/rule-sets.ts";
import { openPorts } from "#services/wiring.ts";
import { argumentOf, tell, untilAsked } from "../child.ts";
import { rateSince } from "../figures.ts";

/** What a worker process folds, and how many entries it is to wait for. */
export interface WorkerTask {
  settings: Settings;
  entries: number;
}

/** Events a second until all were folded, and until every window was in the series store as well. */
export interface WorkerFigures {
  folded: number;
  stored: number;
}

/**
 * A worker as `serve --roles detect` runs it, alone in its process: from taking the leases until every
 * entry is folded, every finding and every window stored. What it logs as an error, such as a window it
 * had to let go of, is seen. Works on until asked to end.
 */
const { settings, entries } = argumentOf() as WorkerTask;
const log = pino({ level: "error" }, pino.destination(2));
const ports = await openPorts(settings, log);
const rules = openRuleSets(SHIPPED_RULES, settings.impact, log);
const started = performance.now();
const worker = await startWorker(rules, ports, log, {
  now: Date.now,
  monotonic: () => performance.now(),
});
const sum = (of: (partition: ReturnType<typeof worker.partitions>[number]) => number): number =>
  worker.partitions().reduce((total, partition) => total + of(partition), 0);
while (sum(({ folded }) => folded()) < entries) await sleep(5);
const folded = rateSince(started, entries);
while (sum(({ unwritten }) => unwritten()) > 0) await sleep(5);
const figures: WorkerFigures = { folded, stored: rateSince(started, entries) };
tell(figures);
if (sum(({ failures }) => failures()) > 0) throw new Error("entries were passed over");
await untilAsked();
await worker.stop();
await ports.close();
