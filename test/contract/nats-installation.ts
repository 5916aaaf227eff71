import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectNats, type Nats } from "#adapters/nats/connection.ts";
import { setUpNats } from "#adapters/nats/setup.ts";
import { DEFAULT_STREAMS, type StreamSettings, wantedStreams } from "#adapters/nats/streams.ts";
import { PARTITIONS } from "#core/partition.ts";
import { type NatsServer, startNatsServer } from "#test/support/nats-server.ts";
import { findServer, howToGet } from "#test/support/servers.ts";
import { notVerified, type Open, type Opened } from "./opened.ts";

/** Leases of tests end soon. */
export const LEASE_TTL = 1_000;

/** A server for the tests of one file, and installations on it. */
export interface NatsHost {
  /** Null where the server runs elsewhere and is not ours to stop. */
  server(): NatsServer | null;
  url(): string;
}

/** Runs suites against a real server of this file's own, or the one at NATS_URL; skips them by name where there is none. */
export function describeOnNats(name: string, suites: (host: NatsHost) => void): void {
  const found = findServer("nats-server");
  if (!found) return skipSuites(name);
  let server: NatsServer | null = null;
  beforeAll(async () => {
    if ("binary" in found) server = await startNatsServer(found.binary);
  });
  afterAll(() => server?.dispose());
  suites({ server: () => server, url: () => ("url" in found ? found.url : server!.url) });
}

function skipSuites(name: string): void {
  it(`${name} on NATS`, (test) => {
    test.skip(notVerified(`${name}/NATS`, howToGet("nats-server")));
    expect(findServer("nats-server")).not.toBeNull();
  });
}

/** Stream settings under a prefix of their own, small. */
export function freshStreams(): StreamSettings {
  const prefix = `t${randomBytes(6).toString("hex")}`;
  return { ...DEFAULT_STREAMS, prefix, maxBytes: 256 * 1024 ** 2, leaseTtl: LEASE_TTL };
}

export function connectTo(host: NatsHost, settings: StreamSettings): Promise<Nats> {
  return connectNats({ servers: host.url(), prefix: settings.prefix, name: "meterhound test" });
}

/** Removes every stream of an installation. */
export async function removeStreams(nats: Nats, settings: StreamSettings): Promise<void> {
  for (const { name } of wantedStreams(settings)) await nats.jsm.streams.delete(name);
}

/** Opens a port on an installation of its own. */
export function onNats<Port extends { close(): Promise<void> }>(
  host: NatsHost,
  create: (nats: Nats) => Port | Promise<Port>,
): Open<Opened<Port> & { nats: () => Nats; another: () => Promise<Port> }> {
  return async () => {
    const settings = freshStreams();
    let nats = await connectTo(host, settings);
    await setUpNats(nats, settings, PARTITIONS);
    let port = await create(nats);
    const others: { port: Port; nats: Nats }[] = [];
    return {
      port,
      nats: () => nats,
      async reopen() {
        await port.close();
        await nats.close();
        nats = await connectTo(host, settings);
        port = await create(nats);
        return port;
      },
      async another() {
        const own = await connectTo(host, settings);
        const other = await create(own);
        others.push({ port: other, nats: own });
        return other;
      },
      async dispose() {
        for (const other of others) {
          await other.port.close();
          await other.nats.close();
        }
        await port.close();
        await removeStreams(nats, settings);
        await nats.close();
      },
    };
  };
}
