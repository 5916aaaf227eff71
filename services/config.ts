import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config, LOG_LEVELS, Role } from "#core/config.ts";
import type { Variables } from "#core/config-env.ts";
import { parseConfig } from "#core/config-load.ts";
import { MeterhoundError } from "#core/errors.ts";
import { describeProblem, type FileProblem } from "#core/located.ts";
import type { Impact, Severity } from "#core/severity.ts";
import type { SourceRule } from "#core/sources.ts";
import { SECOND } from "#core/time.ts";
import { readText } from "#services/read-text.ts";
import { createSecretReader } from "#services/secrets.ts";

/** The configuration ready for use: absolute file names, secrets read. Keys are named as in `meterhound.yml`. */
export interface Settings {
  /** The configuration file, where there is one. */
  file: string | null;
  data_dir: string;
  api: { host: string; port: number; tokens: readonly ApiToken[] };
  identities: readonly string[];
  ownership: readonly string[];
  sources: readonly SourceRule[];
  prices: readonly string[];
  charges: readonly string[];
  showback: readonly string[];
  /** `file: null`: nothing is known of networks but what events say. */
  geo: { file: string | null };
  impact: Impact;
  /** `dir: null` stands for the rules shipped with the program. */
  rules: { dir: string | null };
  webhooks: readonly Webhook[];
  /** Null: the logs live in the data directory. */
  nats: NatsSettings | null;
  /** Null: the series live in the data directory. */
  influx: InfluxSettings | null;
  /** Null: made once in the data directory. */
  digest_key: string | null;
  log: { level: (typeof LOG_LEVELS)[number] };
  /** One line each, for the log; no reason to stop. */
  warnings: readonly string[];
}

export interface ApiToken {
  name: string;
  token: string;
  roles: readonly Role[];
  /** Null: every tenant. */
  tenants: readonly string[] | null;
}

export interface Webhook {
  name: string;
  url: string;
  secret: string;
  /** PEM of the authority behind the endpoint's certificate; null: the system's. */
  ca: string | null;
  min_severity: Severity;
}

export interface NatsSettings {
  url: string;
  prefix: string;
  user: string | null;
  password: string | null;
  /** PEM; null: the system's authorities. */
  ca: string | null;
  replicas: number;
  max_gigabytes: number;
  usage_days: number;
  /** Life of a partition's lease without renewal, in milliseconds. */
  lease_ttl: number;
}

export interface InfluxSettings {
  url: string;
  org: string;
  token: string;
  prefix: string;
  keep_forever: boolean;
}

const DEFAULT_FILE = "meterhound.yml";

/**
 * Loads the configuration: `file`, else `meterhound.yml` of the working directory where there is one,
 * else the defaults; then the environment; then `dataDir`. Names in the file are relative to its
 * folder, those of environment and command line to the working directory.
 */
export async function loadConfig(input: {
  file?: string | undefined;
  env: Variables;
  dataDir?: string | undefined;
}): Promise<Settings> {
  const file = input.file ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null);
  const text = file === null ? "" : await readText(file);
  const parsed = parseConfig({ file: file ?? DEFAULT_FILE, text, env: input.env });
  if (parsed.config === null) throw invalidConfig(parsed.problems);
  const folder = dirname(resolve(file ?? DEFAULT_FILE));
  const pathOf = (name: string, path: readonly PropertyKey[]) =>
    parsed.fromEnvironment(path) ? resolve(name) : resolve(folder, name);
  const reader = createSecretReader(parsed.at, pathOf);
  const settings = await resolveConfig(parsed.config, pathOf, reader);
  if (reader.problems.length > 0) throw invalidConfig(reader.problems);
  return {
    ...settings,
    file: file === null ? null : resolve(file),
    data_dir: input.dataDir === undefined ? settings.data_dir : resolve(input.dataDir),
    warnings: parsed.warnings.map(describeProblem),
  };
}

/** The error for anything wrong in files a person wrote, one problem a line. */
export function invalidConfig(problems: readonly FileProblem[]): MeterhoundError {
  return new MeterhoundError("MH_CONFIG_INVALID", {
    problems: problems.map(describeProblem).join("\n"),
  });
}

async function resolveConfig(
  config: Config,
  pathOf: (name: string, path: readonly PropertyKey[]) => string,
  reader: ReturnType<typeof createSecretReader>,
): Promise<Omit<Settings, "file" | "warnings">> {
  const files = (key: "identities" | "ownership" | "prices" | "charges" | "showback") =>
    config[key].map((name, i) => pathOf(name, [key, i]));
  const tokens: ApiToken[] = [];
  for (const [
    i,
    { name, token, token_file, roles, tenants = null },
  ] of config.api.tokens.entries()) {
    const value = token ?? (await reader.token(token_file, ["api", "tokens", i, "token_file"]));
    tokens.push({ name, token: value, roles, tenants });
  }
  reader.distinct(tokens.map(({ token }) => token));
  const webhooks: Webhook[] = [];
  for (const [
    i,
    { name, url, secret, secret_file, ca_file, min_severity },
  ] of config.webhooks.entries()) {
    const at = ["webhooks", i];
    const value = secret ?? (await reader.webhookSecret(secret_file, [...at, "secret_file"]));
    const ca = ca_file === undefined ? null : await reader.certificate(ca_file, [...at, "ca_file"]);
    webhooks.push({ name, url, secret: value, ca, min_severity });
  }
  const nats = await natsSettings(config.nats, reader);
  const influx = await influxSettings(config.influx, reader);
  const { dir } = config.rules;
  const { digest_key, digest_key_file, geo } = config;
  return {
    data_dir: pathOf(config.data_dir, ["data_dir"]),
    api: { host: config.api.host, port: config.api.port, tokens },
    identities: files("identities"),
    ownership: files("ownership"),
    sources: config.sources,
    prices: files("prices"),
    charges: files("charges"),
    showback: files("showback"),
    geo: { file: geo.file === undefined ? null : pathOf(geo.file, ["geo", "file"]) },
    impact: config.impact,
    rules: { dir: dir === undefined ? null : pathOf(dir, ["rules", "dir"]) },
    webhooks,
    nats,
    influx,
    digest_key:
      digest_key_file === undefined
        ? (digest_key ?? null)
        : await reader.text(digest_key_file, ["digest_key_file"]),
    log: config.log,
  };
}

async function natsSettings(
  config: Config["nats"],
  reader: ReturnType<typeof createSecretReader>,
): Promise<NatsSettings | null> {
  const { url, user, password, password_file, ca_file, lease_seconds } = config;
  const { prefix, replicas, max_gigabytes, usage_days } = config;
  if (url === undefined) return null;
  const fromFile =
    password_file === undefined
      ? null
      : await reader.text(password_file, ["nats", "password_file"]);
  const ca = ca_file === undefined ? null : await reader.certificate(ca_file, ["nats", "ca_file"]);
  const lease_ttl = lease_seconds * SECOND;
  return {
    url,
    prefix,
    user: user ?? null,
    password: password ?? fromFile,
    ca,
    replicas,
    max_gigabytes,
    usage_days,
    lease_ttl,
  };
}

async function influxSettings(
  { url, org, token, token_file, prefix, keep_forever }: Config["influx"],
  reader: ReturnType<typeof createSecretReader>,
): Promise<InfluxSettings | null> {
  if (url === undefined) return null;
  const fromFile =
    token_file === undefined ? null : await reader.text(token_file, ["influx", "token_file"]);
  return { url, org, token: token ?? fromFile ?? "", prefix, keep_forever };
}
