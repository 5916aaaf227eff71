import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseConfig } from "#core/config-load.ts";
import { describeProblem } from "#core/located.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";

const FOLDER = new URL("config/", import.meta.url);
const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

/** The file's name is the case; what is expected is every problem, as people read it. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "digest-key-and-file": ["2:1: digest_key_file: give digest_key or digest_key_file, not both"],
  "everything-wrong-at-once": [
    '1:1: data_dri: unknown key, did you mean "data_dir"?',
    "3:3: api.port: must be a number, not text",
    "5:7: api.tokens.0.roles: is missing: a list is expected",
    "7:7: api.tokens.0.token_file: give token or token_file, not both",
    '8:7: api.tokens.0.role: unknown key, did you mean "roles"?',
    '10:3: log.level: must be one of "fatal", "error", "warn", "info", "debug", "silent"',
  ],
  "impact-negative": ["2:3: impact.notice_usd_day: must be at least 0"],
  "impact-not-ascending": [
    "1:1: impact.material_usd_day: must be at least notice_usd_day (20)",
    "3:3: impact.serious_usd_day: must be at least material_usd_day (10)",
  ],
  "key-twice": ["2:1: Map keys must be unique"],
  "no-map-at-top": ["1:1: must be a map of keys, not a list"],
  "port-out-of-range": ["2:3: api.port: must be at most 65535"],
  "port-with-fraction": ["2:3: api.port: must be a whole number"],
  "token-and-token-file": ["5:7: api.tokens.0.token_file: give token or token_file, not both"],
  "token-missing": ["3:7: api.tokens.0: token or token_file is required"],
  "token-name-taken": ["4:9: api.tokens.1.name: the name is taken"],
  "token-unknown-role": [
    '5:23: api.tokens.0.roles.1: must be one of "ingest", "viewer", "analyst", "responder", "engineer", "admin", "siem", did you mean "analyst"?',
  ],
  "token-with-space": ["4:7: api.tokens.0.token: must be printable characters without spaces"],
  "token-without-roles": ["5:7: api.tokens.0.roles: must not be empty"],
  "unknown-key-far": ["1:1: telemetry: unknown key"],
  "unknown-key-in-list": ['5:5: webhooks.0.min_severty: unknown key, did you mean "min_severity"?'],
  "unknown-key-near": ['2:3: api.prot: unknown key, did you mean "port"?'],
  "valid-empty": [],
  "valid-empty-sections": [],
  "valid-everything": [],
  "valid-impact-low": [],
  "webhook-not-a-url": ["3:5: webhooks.0.url: must be a URL like https://example.com/hook"],
  "webhook-plain-http": ["3:5: webhooks.0.url: must be https, or http to a loopback host"],
  "webhook-secret-missing": ["2:5: webhooks.0: secret or secret_file is required"],
  "webhook-secret-too-short": [
    "4:5: webhooks.0.secret: must be whsec_ followed by the base64 of 24 to 64 bytes",
  ],
  "webhook-url-with-password": ["3:5: webhooks.0.url: must not carry a user name or password"],
  "wrong-types": [
    "1:1: data_dir: must be text: put it in quotes",
    "3:3: api.host: must be text, not a list",
    "4:3: api.port: must be a number, not text",
    "5:1: log: must be a map of keys, not text",
  ],
};

const parse = (text: string, env: Readonly<Record<string, string>> = {}) => {
  const parsed = parseConfig({ file: "meterhound.yml", text, env });
  return { ...parsed, told: parsed.problems.map(describeProblem) };
};

describe("configuration file", () => {
  it.each(Object.entries(CASES))("tells every problem of %s.yml", (name, expected) => {
    const file = `${name}.yml`;
    const text = readFileSync(new URL(file, FOLDER), "utf8");
    const { problems, config } = parseConfig({ file, text, env: {} });
    expect(problems.map(describeProblem)).toEqual(expected.map((line) => `${file}:${line}`));
    expect(config === null).toBe(expected.length > 0);
  });

  it("has an expectation for every file and a file for every expectation", () => {
    const expected = Object.keys(CASES).map((name) => `${name}.yml`);
    expect(readdirSync(FOLDER).toSorted()).toEqual(expected.toSorted());
  });

  it("gives every key its default", () => {
    expect(parse("").config).toEqual({
      data_dir: ".meterhound",
      api: { host: "127.0.0.1", port: 8420, tokens: [] },
      identities: [],
      ownership: [],
      sources: [],
      prices: [],
      charges: [],
      showback: [],
      geo: {},
      impact: DEFAULT_IMPACT,
      rules: {},
      webhooks: [],
      nats: { prefix: "", replicas: 1, max_gigabytes: 10, usage_days: 30, lease_seconds: 15 },
      influx: { org: "meterhound", prefix: "", keep_forever: false },
      log: { level: "info" },
    });
  });

  it("keeps the other defaults of a section that is given in part", () => {
    expect(parse("impact:\n  notice_usd_day: 0.001\n").config?.impact).toEqual({
      ...DEFAULT_IMPACT,
      notice_usd_day: 0.001,
    });
  });

  it("reads the names that NATS and InfluxDB tools use, below its own", () => {
    const env = { NATS_URL: "nats://a:4222", INFLUX_URL: "http://b:8086", INFLUX_TOKEN: "t" };
    const config = parse("", env).config;
    expect(config?.nats.url).toBe("nats://a:4222");
    expect(config?.influx).toMatchObject({ url: "http://b:8086", token: "t" });
    const own = { ...env, METERHOUND_NATS__URL: "nats://c:4222" };
    expect(parse("", own).config?.nats.url).toBe("nats://c:4222");
  });

  it("warns of a token that is easy to guess and goes on", () => {
    const { config, warnings } = parse("api:\n  tokens: [{ name: a, token: b, roles: [admin] }]\n");
    expect(config?.api.tokens).toHaveLength(1);
    expect(warnings.map(describeProblem)).toEqual([
      "meterhound.yml:2:23: api.tokens.0.token: shorter than 16 characters: easy to guess",
    ]);
  });

  it.each([
    ["http://localhost:9/hook", true],
    ["http://127.0.0.53/hook", true],
    ["http://[::1]:9/hook", true],
    ["https://hooks.example/a?b=c", true],
    ["http://127.0.0.1.example/hook", false],
    ["http://localhost.example/hook", false],
    ["ftp://127.0.0.1/hook", false],
  ])("takes %s as a webhook: %s", (url, taken) => {
    const text = `webhooks: [{ name: a, url: "${url}", secret: ${SECRET} }]`;
    expect(parse(text).config !== null).toBe(taken);
  });

  it.each([
    [23, false],
    [24, true],
    [64, true],
    [65, false],
  ])("takes a webhook secret of %i bytes: %s", (bytes, taken) => {
    const secret = `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
    const text = `webhooks: [{ name: a, url: "https://a.example", secret: "${secret}" }]`;
    expect(parse(text).config !== null).toBe(taken);
  });

  it("never repeats a secret in a problem", () => {
    const { told } = parse(
      "digest_key: [hush-hush]\nwebhooks: [{ name: a, url: 'https://u:hush-hush@a', secret: hush-hush }]",
      { METERHOUND_API__PORT: "hush-hush", METERHOUND_NO_SUCH: "hush-hush" },
    );
    expect(told).toHaveLength(5);
    expect(told.join("\n")).not.toContain("hush-hush");
  });
});

describe("environment", () => {
  it("goes over the file, as the type the schema wants", () => {
    const { config, fromEnvironment } = parse("api:\n  port: 1\n  host: localhost\n", {
      METERHOUND_API__PORT: "9000",
      METERHOUND_DATA_DIR: "elsewhere",
      METERHOUND_DIGEST_KEY: "0123",
      METERHOUND_IMPACT__NOTICE_USD_DAY: "0.5",
      METERHOUND_LOG__LEVEL: "debug",
      PATH: "/bin",
    });
    expect(config).toMatchObject({
      api: { host: "localhost", port: 9000 },
      data_dir: "elsewhere",
      digest_key: "0123",
      impact: { notice_usd_day: 0.5, material_usd_day: 10 },
      log: { level: "debug" },
    });
    expect(fromEnvironment(["api", "port"])).toBe(true);
    expect(fromEnvironment(["api", "host"])).toBe(false);
  });

  it("counts an empty variable as not set", () => {
    expect(parse("", { METERHOUND_API__PORT: "" }).config?.api.port).toBe(8420);
  });

  it("sets a key of a section the file leaves empty", () => {
    expect(parse("api:\n", { METERHOUND_API__PORT: "9" }).config?.api.port).toBe(9);
  });

  it.each([
    ["METERHOUND_API_PORT", ', did you mean "METERHOUND_API__PORT"?'],
    ["METERHOUND_PORT", ', did you mean "METERHOUND_API__PORT"?'],
    ["METERHOUND_DIGESTKEY_FILE", ', did you mean "METERHOUND_DIGEST_KEY_FILE"?'],
    ["METERHOUND_TELEMETRY", ""],
  ])("refuses the unknown variable %s", (variable, hint) => {
    expect(parse("", { [variable]: "1" }).told).toEqual([`${variable}: unknown variable${hint}`]);
  });

  it.each(["METERHOUND_IDENTITIES", "METERHOUND_API__TOKENS", "METERHOUND_API__TOKENS__0__NAME"])(
    "says of %s that lists belong into the file",
    (variable) => {
      const told = [`${variable}: is a list: set it in the configuration file`];
      expect(parse("", { [variable]: "a" }).told).toEqual(told);
    },
  );

  it("names the variable where its value is wrong", () => {
    const env = {
      METERHOUND_API__PORT: "http",
      METERHOUND_LOG__LEVEL: "inof",
      METERHOUND_DIGEST_KEY_FILE: "key",
    };
    expect(parse("digest_key: one\n", env).told.toSorted()).toEqual([
      "METERHOUND_API__PORT: api.port: must be a number, not text",
      "METERHOUND_DIGEST_KEY_FILE: digest_key_file: give digest_key or digest_key_file, not both",
      'METERHOUND_LOG__LEVEL: log.level: must be one of "fatal", "error", "warn", "info", "debug", "silent", did you mean "info"?',
    ]);
  });

  it("names the variable that put a default out of order", () => {
    expect(parse("", { METERHOUND_IMPACT__NOTICE_USD_DAY: "20" }).told).toEqual([
      "METERHOUND_IMPACT__NOTICE_USD_DAY: impact.material_usd_day: must be at least notice_usd_day (20)",
    ]);
  });

  it("is checked even where the file is no YAML", () => {
    expect(parse("api: [8420\nlog:\n", { METERHOUND_TELEMETRY: "1" }).told).toEqual([
      "meterhound.yml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]",
      "METERHOUND_TELEMETRY: unknown variable",
    ]);
  });
});
