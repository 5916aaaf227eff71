import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "./child.ts";
import { demoLines } from "./demo-lines.ts";
import { median, print, rateSince, ratios, spread } from "./figures.ts";
import { parseLines } from "./floor.ts";
import type { ServiceTask } from "./ingest/service.ts";

/**
 * Events a second through `POST /v1/events` of the embedded service in a process of its own, 64 KiB of
 * NDJSON a request, each answered once it is durable; as a ratio to the floor over the same bodies.
 * Once with the way in alone, once with every role in the same process.
 *
 * usage: npm run bench:ingest
 */
const ROUNDS = 5;
const FORTNIGHTS = 2;
const BODY = 64 * 1024;
const SENDERS = 8;

const bodies = cutBodies(BODY);
const events = bodies.reduce((sum, body) => sum + parseLines(body), 0);
const floors: number[] = [];
const alone: number[] = [];
const together: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const started = performance.now();
  for (const body of bodies) parseLines(body);
  const floor = rateSince(started, events);
  const rates = [await ingest(["ingest"]), await ingest(["ingest", "detect", "api", "notify"])];
  if (round === 0) continue; // warm-up
  floors.push(floor);
  alone.push(rates[0]!);
  together.push(rates[1]!);
}
print("HTTP ingest ÷ floor", spread(ratios(alone, floors), 2));
print("HTTP ingest beside all roles ÷ floor", spread(ratios(together, floors), 2));
print("floor (split + JSON.parse), events/s", median(floors).toFixed(0));
print("HTTP ingest, durable, events/s", median(alone).toFixed(0));
print("HTTP ingest beside all roles, events/s", median(together).toFixed(0));
print(
  `${events} events in ${bodies.length} bodies, ${SENDERS} senders, ${ROUNDS} rounds after one warm-up`,
);

/** Events a second into a new service. */
async function ingest(roles: ServiceTask["roles"]): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), "meterhound-bench-"));
  try {
    const task: ServiceTask = { dir, roles };
    const service = startChild<string>(new URL("ingest/service.ts", import.meta.url), task);
    const url = `${await service.next()}/v1/events`;
    const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
    const started = performance.now();
    let next = 0;
    const send = async (): Promise<void> => {
      while (next < bodies.length) await post(url, agent, bodies[next++]!);
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    const rate = rateSince(started, events);
    agent.destroy();
    await service.end();
    return rate;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function post(url: string, agent: Agent, body: Buffer): Promise<void> {
  const headers = { "content-type": "application/x-ndjson", "content-length": body.length };
  const sent = request(url, { method: "POST", agent, headers });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  const { quarantined, duplicates } = JSON.parse(text) as {
    quarantined: unknown[];
    duplicates: number;
  };
  if (answer.statusCode !== 202 || quarantined.length + duplicates > 0) {
    throw new Error(`${answer.statusCode}: ${text.slice(0, 300)}`);
  }
}

/** Demo events as NDJSON bodies of at most so many bytes. */
function cutBodies(most: number): Buffer[] {
  const cut: Buffer[] = [];
  let lines: string[] = [];
  let bytes = 0;
  for (const line of [...demoLines(FORTNIGHTS)].flat()) {
    if (bytes + line.length + 1 > most) {
      cut.push(Buffer.from(lines.join("\n")));
      lines = [];
      bytes = 0;
    }
    lines.push(line);
    bytes += Buffer.byteLength(line) + 1;
  }
  cut.push(Buffer.from(lines.join("\n")));
  return cut;
}
