import { startInfluxd } from "#test/support/influxd.ts";
import { startNatsServer } from "#test/support/nats-server.ts";
import { findServer, howToGet, type ServerName } from "#test/support/servers.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { print } from "./figures.ts";
import type { Servers } from "./stream/installation.ts";
import { benchLatency } from "./stream/bench-latency.ts";
import { benchThroughput } from "./stream/bench-throughput.ts";

/**
 * A worker on a real nats-server and a real influxd, both started here with stores of their own: its
 * throughput as a share of bare consume + JSON.parse, and the time from an append to the finding as a
 * multiple of bare publish → consume.
 *
 * usage: npm run bench:stream
 */
const binaries = { nats: binaryOf("nats-server"), influxd: binaryOf("influxd") };
if (binaries.nats === null || binaries.influxd === null) {
  process.exitCode = 1;
} else {
  await run(binaries.nats, binaries.influxd);
}

async function run(natsBinary: string, influxBinary: string): Promise<void> {
  const nats = await startNatsServer(natsBinary);
  const influx = await startInfluxd(influxBinary);
  try {
    const { url, org, token } = influx;
    const servers: Servers = { nats: nats.url, influx: { url, org, token } };
    const site = await loadSite(NO_SITE_FILES);
    const rate = await benchThroughput(servers, site);
    await benchLatency(servers, site, rate / 2);
  } finally {
    await nats.dispose();
    await influx.dispose();
  }
}

/** The bench measures servers it started itself, whatever runs elsewhere. */
function binaryOf(name: ServerName): string | null {
  const found = findServer(name);
  if (found && "binary" in found) return found.binary;
  print(found ? `unset the address of ${name}: the bench starts its own` : howToGet(name));
  return null;
}
