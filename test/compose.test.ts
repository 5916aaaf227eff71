import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { parseConfig } from "#core/config-load.ts";

const ROOT = new URL("..", import.meta.url).pathname;

interface Service {
  image?: string;
  ports?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  secrets?: string[];
  configs?: { source: string }[];
  volumes?: string[];
  command?: string[];
}
interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  configs: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
}

const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const compose = parse(read("docker-compose.yml"), { merge: true }) as Compose;
const services = Object.entries(compose.services);

describe("docker-compose.yml", () => {
  it("runs NATS, InfluxDB and the roles of Meterhound", () => {
    expect(Object.keys(compose.services)).toEqual([
      "nats",
      "influxdb",
      "setup",
      "gateway",
      "detect",
    ]);
    const lists = services.flatMap(
      ([, { command = [] }]) => command[command.indexOf("--roles") + 1],
    );
    const roles = lists
      .flatMap((list) => list?.split(",") ?? [])
      .filter((name) => /^[a-z]+$/.test(name));
    expect(roles).toEqual(expect.arrayContaining(["api", "detect", "ingest", "notify"]));
  });

  it.each(services)("pins the version of %s", (_, { image }) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+(-[a-z]+)?$/);
  });

  it.each(services)("opens ports of %s on loopback only", (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services)("checks the health of %s, unless it ends by itself", (_, { healthcheck }) => {
    expect(healthcheck?.disable ?? Array.isArray(healthcheck?.test)).toBe(true);
  });

  it.each(services)("gives %s its secrets as files and has no default password", (_, service) => {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|TOKEN|SECRET/.test(name)) expect(name).toMatch(/_FILE$/);
      expect(value).not.toMatch(/\$\{[^}]*:-/);
    }
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty([secret]);
    for (const { source } of service.configs ?? [])
      expect(compose.configs).toHaveProperty([source]);
    for (const volume of service.volumes ?? []) {
      const [name = ""] = volume.split(":");
      if (!name.startsWith("/")) expect(compose.volumes).toHaveProperty([name]);
    }
  });

  it("keeps the files of its configs in the repository, and those of its secrets out of it", () => {
    for (const { file } of Object.values(compose.configs))
      expect(existsSync(join(ROOT, file))).toBe(true);
    for (const { file } of Object.values(compose.secrets))
      expect(file).toMatch(/^deploy\/secrets\//);
    expect(read(".gitignore")).toContain("deploy/secrets/");
  });

  it("hands the program a configuration it accepts", () => {
    const { problems } = parseConfig({
      file: "deploy/meterhound.yml",
      text: read("deploy/meterhound.yml"),
      env: compose.services["setup"]!.environment!,
    });
    expect(problems).toEqual([]);
  });

  it("makes every secret it names, different each time and readable by nobody else", () => {
    const made = [1, 2].map(() => mkdtempSync(join(tmpdir(), "meterhound-secrets-")));
    for (const dir of made)
      execFileSync("bash", [join(ROOT, "deploy/make-secrets.sh"), dir, "acme.edge"]);
    for (const { file } of Object.values(compose.secrets)) {
      const name = file.slice("deploy/secrets/".length);
      const [first, second] = made.map((dir) => readFileSync(join(dir, name), "utf8"));
      expect(first!.length).toBeGreaterThan(40);
      expect(first).not.toBe(second);
    }
    expect(readFileSync(join(made[0]!, "nats_users.conf"), "utf8")).toContain(
      'publish: ["usage.in.acme.edge"]',
    );
  });
});
