import { z } from "zod";
import { BearerToken, WebhookSecret, withTwin } from "./config-secret.ts";
import { DEFAULT_IMPACT, SEVERITIES } from "./severity.ts";

export const ROLES = [
  "ingest",
  "viewer",
  "analyst",
  "responder",
  "engineer",
  "admin",
  "siem",
] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "silent"] as const;

const text = z.string().min(1);
const usd = z.number().min(0);

const ApiToken = withTwin(
  z.strictObject({
    name: text.describe("Who uses the token. Names the source of events sent with it."),
    token: BearerToken.optional().describe("The bearer token. Or `token_file`."),
    token_file: text.optional().describe("File that holds the token."),
    roles: z.array(z.enum(ROLES)).min(1).describe("What the token may do."),
    tenants: z
      .array(text)
      .min(1)
      .optional()
      .describe("The only tenants it may see and send for. Without it: every tenant."),
  }),
  "token",
  "required",
);

const Webhook = withTwin(
  z.strictObject({
    name: text.describe("How deliveries to it are listed."),
    url: z
      .string()
      .superRefine((url, context) => {
        const problem = webhookUrlProblem(url);
        if (problem) context.addIssue(problem);
      })
      .describe("Where findings are posted: https, or http to a loopback host."),
    secret: WebhookSecret.optional().describe(
      "Signs deliveries (Standard Webhooks): `whsec_` and the base64 of 24 to 64 bytes. Or `secret_file`.",
    ),
    secret_file: text.optional().describe("File that holds the secret."),
    ca_file: text
      .optional()
      .describe("PEM file of the authority behind the endpoint's certificate."),
    min_severity: z
      .enum(SEVERITIES)
      .default("info")
      .describe("Findings below this severity are not posted."),
  }),
  "secret",
  "required",
);

const Impact = z
  .strictObject({
    notice_usd_day: usd
      .default(DEFAULT_IMPACT.notice_usd_day)
      .describe("Excess in USD per day worth a note."),
    material_usd_day: usd
      .default(DEFAULT_IMPACT.material_usd_day)
      .describe("Excess in USD per day worth an analyst's time."),
    serious_usd_day: usd
      .default(DEFAULT_IMPACT.serious_usd_day)
      .describe("Excess in USD per day worth a call at night."),
    min_calls_hour: z
      .int()
      .min(0)
      .default(DEFAULT_IMPACT.min_calls_hour)
      .describe("Hours with fewer calls are never judged by their volume."),
  })
  .superRefine((impact, context) => {
    const steps = ["notice_usd_day", "material_usd_day", "serious_usd_day"] as const;
    steps.slice(1).forEach((key, i) => {
      const lower = steps[i]!;
      if (impact[key] >= impact[lower]) return;
      const message = `must be at least ${lower} (${impact[lower]})`;
      context.addIssue({ code: "custom", path: [key], message });
    });
  });

/** Installations that share a server keep apart by their prefix: letters, digits, `_` and `-`. */
const prefix = z.string().regex(/^[A-Za-z0-9_-]{0,32}$/, "must be letters, digits, _ and -");

const Nats = withTwin(
  z.strictObject({
    url: text
      .optional()
      .describe(
        "NATS server with JetStream that carries the logs. Without it: the data directory. Also `NATS_URL`.",
      ),
    prefix: prefix
      .default("")
      .describe("Before every stream, bucket and subject of this installation."),
    user: text.optional().describe("User name at the server."),
    password: text.optional().describe("Password at the server. Or `password_file`."),
    password_file: text.optional().describe("File that holds the password."),
    ca_file: text.optional().describe("PEM file of the authority behind the server's certificate."),
    replicas: z.int().min(1).max(5).default(1).describe("Copies of every stream; 3 in production."),
    max_gigabytes: z
      .number()
      .positive()
      .default(10)
      .describe("Disk for all streams together, shared out between them."),
    usage_days: z.int().min(1).default(30).describe("Days the usage log is kept."),
    lease_seconds: z
      .number()
      .min(1)
      .default(15)
      .describe("A worker that is silent for so long loses its partitions."),
  }),
  "password",
  "optional",
);

const Influx = withTwin(
  z.strictObject({
    url: text
      .optional()
      .describe(
        "InfluxDB 2 that keeps the time series. Without it: the data directory. Also `INFLUX_URL`.",
      ),
    org: text.default("meterhound").describe("Organisation at the server. Also `INFLUX_ORG`."),
    token: text.optional().describe("API token. Or `token_file`. Also `INFLUX_TOKEN`."),
    token_file: text.optional().describe("File that holds the API token."),
    prefix: prefix.default("").describe("Before every bucket of this installation."),
    keep_forever: z
      .boolean()
      .default(false)
      .describe(
        "Buckets without retention, for imports of old usage: retention follows the wall clock.",
      ),
  }),
  "token",
  "optional",
);

/** `meterhound.yml`: every key there is, its default and its meaning. `docs/reference/config.md` is made from it. */
export const Config = withTwin(
  z.strictObject({
    data_dir: text
      .default(".meterhound")
      .describe("Folder of the usage log, the finding log and everything else that is kept."),
    api: z
      .strictObject({
        host: text
          .default("127.0.0.1")
          .describe("Address to listen on. Beyond loopback only with a token."),
        port: z
          .int()
          .min(0)
          .max(65_535)
          .default(8420)
          .describe("Port to listen on; 0 takes a free one."),
        tokens: z
          .array(ApiToken)
          .default([])
          .superRefine(uniqueNames)
          .describe("Who may call the API, and as what."),
      })
      .prefault({})
      .describe("The HTTP interface: ingest, API and console."),
    identities: z
      .array(text)
      .default([])
      .describe("Files that say who owns an identity and its credentials, YAML or CSV."),
    ownership: z
      .array(text)
      .default([])
      .describe("Files that say which team and service pay for what, YAML."),
    sources: z
      .array(
        z.strictObject({
          match: text.describe("Name of the source; `*` stands for any run of characters."),
          role: z
            .enum(["primary", "shadow"])
            .describe(
              "`primary` counts. `shadow` tells of calls that another source counts: it corroborates them, adds where they came from, and shows what the other one lacks.",
            ),
        }),
      )
      .default([])
      .describe("Feeds that tell of the same calls: which one counts. The first match holds."),
    prices: z.array(text).default([]).describe("Files with the site's own contract prices, YAML."),
    charges: z
      .array(text)
      .default([])
      .describe("Files with bills that pay for many calls: contracts, reserved capacity; YAML."),
    showback: z
      .array(text)
      .default([])
      .describe("Files that say which usage is shared and how its cost is split, YAML."),
    geo: z
      .strictObject({
        file: text
          .optional()
          .describe(
            "File of address ranges with their autonomous system and country, CSV or YAML. Without it: only what events say.",
          ),
      })
      .prefault({})
      .describe("What is known of the networks calls come from."),
    impact: Impact.prefault({}).describe(
      "How much money makes a finding matter. Decides severity and notification, never detection.",
    ),
    rules: z
      .strictObject({
        dir: text
          .optional()
          .describe("Folder of the rules. Without it: those shipped with the program."),
      })
      .prefault({})
      .describe("Which rules run."),
    webhooks: z
      .array(Webhook)
      .default([])
      .superRefine(uniqueNames)
      .describe("Where findings are posted, signed."),
    nats: Nats.prefault({}).describe("The stream, for running in many processes."),
    influx: Influx.prefault({}).describe("The time series, for running in many processes."),
    digest_key: text
      .optional()
      .describe(
        "Key of the digests that stand for prompts and secrets. Or `digest_key_file`. Without both, one is made in the data directory.",
      ),
    digest_key_file: text.optional().describe("File that holds the digest key."),
    log: z
      .strictObject({
        level: z.enum(LOG_LEVELS).default("info").describe("The least level that is logged."),
      })
      .prefault({})
      .describe("What Meterhound writes about itself, to stderr."),
  }),
  "digest_key",
  "optional",
);
export type Config = z.infer<typeof Config>;

function uniqueNames(
  items: readonly { name: string }[],
  context: z.core.$RefinementCtx<readonly { name: string }[]>,
): void {
  items.forEach(({ name }, i) => {
    if (items.findIndex((item) => item.name === name) === i) return;
    context.addIssue({ code: "custom", path: [i, "name"], message: "the name is taken" });
  });
}

function webhookUrlProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return "must be a URL like https://example.com/hook";
  if (url.username || url.password) return "must not carry a user name or password";
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const allowed = url.protocol === "https:" || (url.protocol === "http:" && loopback);
  return allowed ? null : "must be https, or http to a loopback host";
}
