import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FINDING_SORTS } from "#core/projection/finding-order.ts";
import { fillFindings } from "./api/findings.ts";
import { startChild } from "./child.ts";
import { median, print, ratios, spread } from "./figures.ts";
import type { ServiceTask } from "./ingest/service.ts";

/**
 * How long a page of the queue takes with 50,000 findings, over HTTP from a service in a process of its
 * own: page 500 as a ratio to page 1, in both orders, asked for in turn. Fails where the ratio of the
 * medians is over 2.
 *
 * usage: npm run bench:api
 */
const FINDINGS = 50_000;
const PAGE = 100;
const LAST_PAGE = FINDINGS / PAGE;
const REQUESTS = 20;
const LIMIT = 2;

const dir = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
try {
  await fillFindings(dir, FINDINGS);
  const task: ServiceTask = { dir, roles: ["api"] };
  const service = startChild<string>(new URL("ingest/service.ts", import.meta.url), task);
  const address = await service.next();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const sort of FINDING_SORTS) await measure(`${address}/api/v1/findings`, agent, sort);
  const summaries: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    summaries.push((await timed(`${address}/api/v1/findings/summary`, agent)).ms);
  }
  print("findings/summary, ms", spread(summaries, 1));
  agent.destroy();
  await service.end();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function measure(url: string, agent: Agent, sort: string): Promise<void> {
  const first = `${url}?sort=${sort}&limit=${PAGE}`;
  let last = first;
  for (let page = 1; page < LAST_PAGE; page++) {
    const { next } = await timed(last, agent);
    last = `${first}&cursor=${next}`;
  }
  const times: { first: number[]; last: number[] } = { first: [], last: [] };
  for (let i = 0; i < REQUESTS; i++) {
    times.first.push((await timed(first, agent)).ms);
    const answer = await timed(last, agent);
    times.last.push(answer.ms);
    if (answer.count !== PAGE || answer.next !== null) throw new Error("not the last page");
  }
  const ratio = median(times.last) / median(times.first);
  print(`page ${LAST_PAGE} ÷ page 1 by ${sort}, of medians`, ratio.toFixed(2));
  print("  one by one", spread(ratios(times.last, times.first), 2));
  print("  page 1, ms", spread(times.first, 1));
  if (ratio > LIMIT) process.exitCode = 1;
}

interface Page {
  ms: number;
  count: number;
  next: string | null;
}

async function timed(url: string, agent: Agent): Promise<Page> {
  const started = performance.now();
  const [response] = (await once(get(url, { agent }), "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  const ms = performance.now() - started;
  const { items = [], next = null } = JSON.parse(text) as { items?: []; next?: string | null };
  if (response.statusCode !== 200) throw new Error(text);
  return { ms, count: items.length, next };
}
