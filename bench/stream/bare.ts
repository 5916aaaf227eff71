import type { Settings } from "#services/config.ts";
import { argumentOf, tell, untilAsked } from "../child.ts";
import { rateSince } from "../figures.ts";
import { parseLines } from "../floor.ts";
import { connectTo } from "./installation.ts";

/** What the bare consumer reads, and how many lines that is. */
export interface BareTask {
  settings: Settings;
  entries: number;
}

/** The floor of a worker: the client's ordered consumer over the same messages, JSON.parse on each line, and nothing else. */
const { settings, entries } = argumentOf() as BareTask;
const nats = await connectTo(settings);
const { names, js } = nats;
const started = performance.now();
const consumer = await js.consumers.get(names.usage);
const messages = await consumer.consume({ max_messages: 500 });
let left = entries;
for await (const { data, subject } of messages) {
  // A control entry is one line with its time before it.
  left -= subject.endsWith(".=")
    ? 1
    : parseLines(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  if (left <= 0) break;
}
tell(rateSince(started, entries));
await untilAsked();
await nats.close();
