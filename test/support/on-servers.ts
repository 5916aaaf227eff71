import { afterAll, it } from "vitest";
import { describeOnNats, type NatsHost } from "#test/contract/nats-installation.ts";
import { notVerified } from "#test/contract/opened.ts";
import { type Influxd, withInfluxd } from "./influxd.ts";
import { findServer } from "./servers.ts";

/** Both servers of a deployment. */
export interface Servers {
  nats: NatsHost;
  influx: Influxd;
}

/** Runs a suite on a real nats-server and a real influxd of its own; skips it by name where one is missing. */
export async function describeOnServers(
  name: string,
  suite: (servers: Servers) => void,
): Promise<void> {
  await withInfluxd(name, (influx) => {
    afterAll(() => influx.dispose());
    describeOnNats(name, (nats) => suite({ nats, influx }));
  });
}

/** The same for a suite that kills them: servers that run elsewhere are not ours to kill. */
export async function describeOnOwnServers(
  name: string,
  suite: (servers: Servers) => void,
): Promise<void> {
  const found = [findServer("nats-server"), findServer("influxd")];
  if (!found.some((server) => server && "url" in server)) return describeOnServers(name, suite);
  const note = notVerified(name, "the servers at NATS_URL and INFLUX_URL are not ours to kill");
  // oxlint-disable-next-line vitest/expect-expect -- it stands for the suite that did not run
  it(`${name} on servers of its own`, (test) => test.skip(note));
}
