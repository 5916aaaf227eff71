import {
  connect,
  createInbox,
  credsAuthenticator,
  type ConnectionOptions,
  DebugEvents,
  Events,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  type Status,
} from "nats";
import { MeterhoundError } from "#core/errors.ts";
import { natsProblem } from "./errors.ts";
import { type Names, natsNames } from "./names.ts";

/** How to reach the server and as whom. */
export interface NatsSettings {
  /** `nats://host:port`, several separated by commas. */
  servers: string;
  /** Separates installations on one server. */
  prefix: string;
  /** Who we are in the server's list of connections. */
  name: string;
  user?: string;
  password?: string;
  token?: string;
  /** The text of a credentials file. */
  credentials?: string;
  /** PEM text of the authority behind the server's certificate. */
  ca?: string;
  /** Where our answers come in, where permissions confine it. */
  inboxPrefix?: string;
  /** Hears of connection changes, one stable name each. */
  report?: (event: NatsEvent, details: Readonly<Record<string, string>>) => void;
}

export type NatsEvent = "nats.disconnected" | "nats.reconnected" | "nats.forbidden" | "nats.status";

/** One connection and what the adapters need beside it. */
export interface Nats {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly names: Names;
  /** False between losing the server and finding it again: what is sent meanwhile would only pile up. */
  isConnected(): boolean;
  /** A subject of our own for answers. */
  newInbox(): string;
  /** Calls back after every reconnect, until the returned function is called. */
  onReconnect(listener: () => void): () => void;
  /** Why the server refused to take something on this subject since then, or null. To a bare publish it answers only so. */
  refusal(subject: string, since: number): string | null;
  close(): Promise<void>;
}

const REQUEST_TIMEOUT = 5_000;
const CONNECT_TIMEOUT = 5_000;

/** Connects, and keeps reconnecting from then on. Throws MH_NATS_UNREACHABLE. */
export async function connectNats(settings: NatsSettings): Promise<Nats> {
  const names = natsNames(settings.prefix);
  const nc = await dial(settings);
  const listeners = new Set<() => void>();
  const refused = new Map<string, number>();
  let connected = true;
  const report = settings.report ?? (() => {});

  const heard = (status: Status): void => {
    const data = typeof status.data === "object" ? JSON.stringify(status.data) : `${status.data}`;
    if (status.type === Events.Disconnect) {
      connected = false;
      report("nats.disconnected", { server: data });
    } else if (status.type === Events.Reconnect) {
      connected = true;
      report("nats.reconnected", { server: data });
      for (const listener of listeners) listener();
    } else if (status.permissionContext) {
      const { operation, subject } = status.permissionContext;
      // Only what may not be published is asked for later; the map stays as small as our subjects.
      if (operation === "publish") refused.set(subject, Date.now());
      report("nats.forbidden", { operation, subject });
    } else if (status.type !== DebugEvents.PingTimer) {
      report("nats.status", { type: status.type, data });
    }
  };
  void (async () => {
    for await (const status of nc.status()) heard(status);
  })();

  return {
    nc,
    js: nc.jetstream({ timeout: REQUEST_TIMEOUT }),
    jsm: await nc.jetstreamManager({ timeout: REQUEST_TIMEOUT, checkAPI: false }),
    names,
    isConnected: () => connected && !nc.isClosed(),
    newInbox: () => createInbox(settings.inboxPrefix),
    onReconnect(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refusal(subject, since) {
      const at = refused.get(subject);
      return at === undefined || at < since ? null : `not permitted to publish to ${subject}`;
    },
    async close() {
      listeners.clear();
      if (!nc.isClosed()) await nc.close();
    },
  };
}

async function dial(settings: NatsSettings): Promise<NatsConnection> {
  try {
    return await connect(connectionOptions(settings));
  } catch (cause) {
    const details = { servers: withoutPassword(settings.servers), problem: natsProblem(cause) };
    throw new MeterhoundError("MH_NATS_UNREACHABLE", details, { cause });
  }
}

function connectionOptions(settings: NatsSettings): ConnectionOptions {
  const { servers, name, user, password, token, credentials, ca, inboxPrefix } = settings;
  return {
    servers: servers.split(",").map((server) => server.trim()),
    name,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
    ...(credentials !== undefined && {
      authenticator: credsAuthenticator(new TextEncoder().encode(credentials)),
    }),
    ...(ca !== undefined && { tls: { ca } }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    timeout: CONNECT_TIMEOUT,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    maxPingOut: 2,
    // A stack trace per request costs more than the request.
    noAsyncTraces: true,
  };
}

function withoutPassword(servers: string): string {
  return servers.replace(/\/\/[^@/,]*@/g, "//");
}
