import { setTimeout as sleep } from "node:timers/promises";
import { loadSite } from "#services/site.ts";
import type { Settings } from "#services/config.ts";
import { argumentOf, tell, untilAsked } from "../child.ts";
import { type DemoMessage, demoMessages } from "./demo-messages.ts";
import { bareSubject, connectTo, publishAll } from "./installation.ts";

/** A background of demo events. */
export interface LoadTask {
  settings: Settings;
  /** Into the usage log, or onto the stream of the bare measure. */
  into: "log" | "bare";
  fortnight: number;
  /** Events a second, and for how many of them. */
  rate: number;
  events: number;
}

/** Publishes demo events at a steady rate; tells when it begins, and in the end by how much it took longer than asked. */
const { settings, into, fortnight, rate, events } = argumentOf() as LoadTask;
const site = await loadSite(settings);
const messages = demoMessages(site, fortnight, events);
const nats = await connectTo(settings);
const asked = (messages.reduce((sum, message) => sum + message.events, 0) / rate) * 1_000;
const started = performance.now();
tell("begun");
const subjectOf = into === "bare" ? bareSubject(nats) : nats.names.usageSubject;
await publishAll(nats, paced(), subjectOf);
tell((performance.now() - started) / asked);
await untilAsked();
await nats.close();

async function* paced(): AsyncGenerator<DemoMessage> {
  let sent = 0;
  for (const message of messages) {
    const due = started + (sent / rate) * 1_000;
    while (performance.now() < due) await sleep(1);
    yield message;
    sent += message.events;
  }
}
