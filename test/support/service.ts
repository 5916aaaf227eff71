import pino from "pino";
import type { UsageEvent } from "#core/event.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import type { ApiToken, Settings } from "#services/config.ts";
import { SERVICE_ROLES, type Service, startService } from "#services/service.ts";
import { expectDescribed } from "./described.ts";
import { makeScratch, removeScratch } from "./scratch.ts";
import { until } from "./until.ts";

/** A running service and a way to talk to it. */
export interface TestService {
  service: Service;
  dir: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Sends a body to `/v1/events`. */
  send(body: Body | object, options?: CallOptions): Promise<Answer>;
  /** Resolves once detection has folded this many entries of the log. */
  folded(entries: number): Promise<void>;
  stop(): Promise<void>;
}

export type Body = string | Uint8Array<ArrayBuffer>;

export interface CallOptions {
  token?: string;
  headers?: Record<string, string>;
  body?: Body;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; an empty object where it is no JSON. */
  json: Record<string, unknown>;
}

/** Settings as `loadConfig` would give them for an empty file, on a port the system picks. */
export function testSettings(dir: string, changes: Partial<Settings> = {}): Settings {
  return {
    file: null,
    data_dir: dir,
    api: { host: "127.0.0.1", port: 0, tokens: [] },
    identities: [],
    ownership: [],
    sources: [],
    prices: [],
    charges: [],
    showback: [],
    geo: { file: null },
    impact: DEFAULT_IMPACT,
    rules: { dir: null },
    webhooks: [],
    nats: null,
    influx: null,
    digest_key: "test",
    log: { level: "silent" },
    warnings: [],
    ...changes,
  };
}

/** Starts the whole service in this process, with a data directory of its own. */
export async function startTestService(
  options: { tokens?: readonly ApiToken[]; now?: () => number } & Partial<Settings> = {},
): Promise<TestService> {
  const { tokens = [], now = Date.now, ...changes } = options;
  const dir = changes.data_dir ?? makeScratch();
  const settings = testSettings(dir, {
    api: { host: "127.0.0.1", port: 0, tokens },
    ...changes,
  });
  const service = await startService(settings, SERVICE_ROLES, pino({ level: "silent" }), now);
  const call: TestService["call"] = async (method, path, given) => {
    const answer = await request(service.address + path, method, given);
    expectDescribed(method, path, answer);
    return answer;
  };
  return {
    service,
    dir,
    call,
    send: (body, given) =>
      call("POST", "/v1/events", {
        ...given,
        body: isBody(body) ? body : JSON.stringify(body),
      }),
    async folded(entries) {
      await until(`${entries} folded entries`, () => service.folded() >= entries);
    },
    async stop() {
      await service.stop();
      if (changes.data_dir === undefined) removeScratch(dir);
    },
  };
}

/** Every event of the log, by its id. */
export async function storedEvents({ service }: TestService): Promise<Map<string, UsageEvent>> {
  const events = new Map<string, UsageEvent>();
  for await (const page of service.ports.usageLog.readRange(-Infinity, Infinity)) {
    for (const entry of page) if (entry.kind === "event") events.set(entry.event.id, entry.event);
  }
  return events;
}

export async function request(
  url: string,
  method: string,
  { token, headers, body }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isBody(body: Body | object): body is Body {
  return typeof body === "string" || body instanceof Uint8Array;
}
