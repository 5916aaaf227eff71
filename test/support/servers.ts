import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export type ServerName = "nats-server" | "influxd";

const URL_VARIABLE: Record<ServerName, string> = {
  "nats-server": "NATS_URL",
  influxd: "INFLUX_URL",
};

const SOURCES = fileURLToPath(new URL("../servers", import.meta.url));

/** A server that runs elsewhere, or a program to start. */
export type FoundServer = { url: string } | { binary: string };

/**
 * Where a real server is to be had: one that runs (by its variable), on the PATH, built earlier, or
 * built now with BUILD_SERVERS=1. Null where there is none; with REQUIRE_SERVERS=1 that fails.
 */
export function findServer(name: ServerName): FoundServer | null {
  const url = process.env[URL_VARIABLE[name]];
  if (url !== undefined && url !== "") return { url };
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), cachedBuild()];
  const binary = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (binary !== undefined) return { binary };
  if (process.env["BUILD_SERVERS"] === "1") return { binary: join(build(), name) };
  if (process.env["REQUIRE_SERVERS"] === "1") throw new Error(howToGet(name));
  return null;
}

/** One sentence for whoever wonders why a suite did not run. */
export function howToGet(name: ServerName): string {
  return `no ${name}: set ${URL_VARIABLE[name]}, put it on the PATH, or run \`npm run servers\` (Go and cargo)`;
}

/** The folder `test/servers/build.sh` builds into, by the versions it pins. */
function cachedBuild(): string {
  const sums = readFileSync(join(SOURCES, "go.sum"));
  const hash = createHash("sha256").update(sums).digest("hex").slice(0, 16);
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "meterhound", "servers", hash);
}

function build(): string {
  const printed = execFileSync(join(SOURCES, "build.sh"), { stdio: ["ignore", "pipe", "inherit"] });
  return printed.toString().trim();
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
