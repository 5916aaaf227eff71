import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import pino from "pino";
import type { Finding } from "#core/finding/finding.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { loadConfig, type Settings } from "#services/config.ts";
import { openPorts, type Ports } from "#services/wiring.ts";
import type { Influxd } from "./influxd.ts";
import { meterhound, type ServiceProcess, spawnService } from "./process.ts";
import { makeScratch, removeScratch } from "./scratch.ts";

/** An installation on servers, or on one data directory where there are none; its processes are children. */
export interface Installation {
  /** The configuration file all its processes share. */
  config: string;
  settings: Settings;
  /** Starts one more process with these roles and a data directory of its own; without servers there is one directory. */
  start(roles: string, options?: StartOptions): Promise<ServiceProcess>;
  /** Opens what it stores, from this process, and closes it again. */
  read<T>(use: (ports: Ports) => Promise<T>): Promise<T>;
  /** Ends every process that still runs and removes the folders. */
  dispose(): Promise<void>;
}

export interface InstallationOptions {
  servers: { natsUrl: string; influx: Influxd } | null;
  leaseSeconds?: number;
  /** Site files, as in the configuration. */
  site?: { identities: string[]; ownership: string[] };
}

export interface StartOptions {
  /** A name for the data directory, to use that of a process that ended again. */
  dataDir?: string;
  /** Over what the configuration says. */
  env?: Record<string, string>;
}

const DIGEST_KEY = "a-key-of-the-tests";

/** Writes the configuration and sets the servers up under a prefix of their own. */
export async function createInstallation({
  servers,
  leaseSeconds = 5,
  site = { identities: [], ownership: [] },
}: InstallationOptions): Promise<Installation> {
  const dir = makeScratch();
  const config = join(dir, "meterhound.yml");
  const access = servers && (await accessTo(servers, leaseSeconds));
  const text = {
    digest_key: DIGEST_KEY,
    log: { level: "info" },
    data_dir: "data",
    ...site,
    ...access,
  };
  writeFileSync(config, JSON.stringify(text));
  const settings = await loadConfig({ file: config, env: {} });
  if (servers) {
    const { code, stderr } = await meterhound(["setup", "--config", config]);
    if (code !== 0) throw new Error(`setup: ${stderr}`);
  }
  const processes: ServiceProcess[] = [];
  let folders = 0;
  return {
    config,
    settings,
    async start(roles, { env = {}, dataDir = servers ? `p${(folders += 1)}` : "data" } = {}) {
      mkdirSync(join(dir, dataDir), { recursive: true });
      const args = ["--config", config, "--roles", roles, "--data-dir", join(dir, dataDir)];
      const started = await spawnService(args, { env });
      processes.push(started);
      return started;
    },
    async read(use) {
      const ports = await openPorts(settings, pino({ level: "silent" }));
      try {
        return await use(ports);
      } finally {
        await ports.close();
      }
    },
    async dispose() {
      await Promise.all(processes.map((one) => one.kill()));
      removeScratch(dir);
    },
  };
}

async function accessTo(
  { natsUrl, influx }: { natsUrl: string; influx: Influxd },
  leaseSeconds: number,
): Promise<object> {
  const { url, org, token } = influx;
  const { prefix } = await influx.installation();
  return {
    nats: {
      url: natsUrl,
      prefix: `t${randomBytes(6).toString("hex")}`,
      lease_seconds: leaseSeconds,
      max_gigabytes: 1,
    },
    influx: { url, org, token, prefix, keep_forever: true },
  };
}

/** The findings as the stored log alone gives them, by id. */
export async function storedFindings({ findingLog }: Ports): Promise<Finding[]> {
  const projection = createFindingProjection();
  for (let after = 0; ;) {
    const entries = await findingLog.read(after, 1_000);
    const last = entries.at(-1);
    if (!last) break;
    for (const { entry } of entries) projection.apply(entry);
    after = last.sequence;
  }
  return byId(projection.all());
}

export function byId(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What a finding says in figures, for comparing runs whose ticks fell elsewhere. */
export function figures(findings: readonly Finding[]): object[] {
  return findings.map(({ id, severity, showback: { observed, expected, excess } }) => {
    return { id, severity, observed, expected, excess };
  });
}
