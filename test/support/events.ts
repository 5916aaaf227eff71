import type { UsageEvent } from "#core/event.ts";
import { parseUsd } from "#core/money.ts";
import type { NewEntry } from "#core/ports/usage-log.ts";
import { type EventTime, parseTime } from "#core/time.ts";

/** What a test says about an event; `undefined` takes a field away. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Overrides<T[K]> | undefined }
    : T;

const BASE: UsageEvent = {
  id: "event-1",
  time: "2026-10-05T07:00:00.000Z",
  source: "test",
  type: "usage",
  tenant: "acme",
  identity: { id: "svc-chat", type: "service", credential: "fp-1", owner: "ana@acme.example" },
  attribution: {
    team: "assist",
    service: "chat",
    cost_center: "cc-100",
    environment: "production",
  },
  flow: { trace: "trace-1", span: "span-1" },
  model: { provider: "anthropic", requested: "claude-sonnet-4-5", served: "claude-sonnet-4-5" },
  usage: { kind: "inference", input_tokens: 1_000, output_tokens: 200, cached_input_tokens: 0 },
  cost: { amount: "0.006", currency: "USD", basis: "reported" },
  outcome: { status: "ok", http_status: 200, latency_ms: 900 },
};

/** One ordinary call of a chat service, with what the test says laid over it. */
export function usageEvent(overrides: Overrides<UsageEvent> = {}): UsageEvent {
  return merge(structuredClone(BASE), overrides) as UsageEvent;
}

/** The event as an entry on its way into the log, with its time and exact cost. */
export function eventEntry(
  overrides: Overrides<UsageEvent> = {},
): Extract<NewEntry, { kind: "event" }> {
  const event = usageEvent(overrides);
  const at = parseTime(event.time);
  if (at === null) throw new Error(`${event.time} is no time`);
  const amount = event.cost?.amount;
  return { kind: "event", at, event, cost: amount === undefined ? null : parseUsd(amount) };
}

/** The word that time has passed. */
export function tickEntry(at: EventTime): Extract<NewEntry, { kind: "tick" }> {
  return { kind: "tick", at };
}

type Fields = Record<string, unknown>;

function merge(base: object, overrides: object): object {
  const merged: Fields = { ...base };
  for (const [name, value] of Object.entries(overrides)) {
    const below = merged[name];
    if (value === undefined) delete merged[name];
    else merged[name] = isFields(value) ? merge(isFields(below) ? below : {}, value) : value;
  }
  return merged;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
