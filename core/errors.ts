/** One line of the catalogue: what happened, how the edges answer it, and what the reader can do. */
export interface ErrorEntry {
  /** Sentence with `{name}` places, filled from the error's details. */
  readonly message: string;
  readonly http: number;
  readonly exit: 1 | 2;
  /** True where the same call may succeed later without a change. */
  readonly recoverable: boolean;
  readonly remedy: string;
}

const entry = (
  message: string,
  remedy: string,
  {
    http = 500,
    exit = 1,
    recoverable = false,
  }: Partial<Omit<ErrorEntry, "message" | "remedy">> = {},
): ErrorEntry => ({ message, http, exit, recoverable, remedy });

const badEvent = (message: string, remedy: string): ErrorEntry =>
  entry(message, remedy, { http: 400 });

/** Every error a user can meet. `docs/reference/errors.md` is made from this table. */
export const ERRORS = {
  MH_USAGE: entry("{problem}", "Run the command with --help to see what it takes.", {
    http: 400,
    exit: 2,
  }),
  MH_INTERNAL: entry(
    "Unexpected failure: {problem}",
    "Report it with the log line; nothing acknowledged is lost.",
  ),

  MH_FILE_UNREADABLE: entry("Cannot read {file}: {problem}", "Check the path and its permissions."),
  MH_CONFIG_INVALID: entry(
    "{problems}",
    "Correct the named lines; `meterhound config check` lists them all.",
  ),
  MH_CONFIG_OPEN_LISTEN: entry(
    "Refusing to listen on {host} without a token",
    "Configure api.tokens, or listen on 127.0.0.1.",
  ),
  MH_RULES_INVALID: entry(
    "{problems}",
    "Correct the named lines; `meterhound rules lint` lists them all.",
  ),
  MH_RULES_TEST_FAILED: entry(
    "{problems}",
    "Compare the expectation in the rule's `tests` with the answer shown.",
  ),

  MH_DATA_IN_USE: entry(
    "The data directory {dir} is in use by process {pid}",
    "Stop that process, or give this one another --data-dir.",
    { recoverable: true },
  ),
  MH_DATA_UNWRITABLE: entry(
    "Cannot open the data directory {dir}: {problem}",
    "Check the path, its permissions and the free space.",
  ),
  MH_PORT_IN_USE: entry(
    "Cannot listen on {host}:{port}: {problem}",
    "Choose another port with METERHOUND_API__PORT or api.port.",
  ),
  MH_LOG_UNAVAILABLE: entry(
    "The usage log cannot be written: {problem}",
    "Send the batch again later; what was kept of it is recognised.",
    {
      http: 503,
      recoverable: true,
    },
  ),
  MH_NATS_UNREACHABLE: entry(
    "NATS at {servers} does not serve: {problem}",
    "Check nats.url, the credentials and that the server runs; `meterhound doctor` shows more.",
    { http: 503, recoverable: true },
  ),
  MH_NATS_UNSUPPORTED: entry(
    "nats-server {version} is not supported: {problem}",
    "Run nats-server 2.12.7 or later with JetStream on.",
  ),
  MH_STREAM_MISSING: entry(
    "NATS lacks: {problems}",
    "Run `meterhound setup` once, with a user who may create streams.",
  ),
  MH_STREAM_MISMATCH: entry(
    "NATS is set up otherwise than configured: {problems}",
    "Run `meterhound setup`; what cannot be changed afterwards takes another nats.prefix.",
  ),
  MH_CHECKPOINT_DAMAGED: entry(
    "The checkpoint of partition {partition} is damaged",
    "Nothing to do: the state is rebuilt from the usage log.",
    { recoverable: true },
  ),

  MH_INFLUX_UNREACHABLE: entry(
    "InfluxDB does not answer as it should: {problem}",
    "Nothing to do for the findings: the series are written again until it answers. Check the server and influx.url.",
    { http: 503, recoverable: true },
  ),
  MH_INFLUX_REJECTED: entry(
    "InfluxDB refuses the request ({status}): {problem}",
    "Compare the server's version with docs/operations.md; `meterhound doctor` shows what it answers.",
    { http: 502 },
  ),
  MH_INFLUX_UNAUTHORISED: entry(
    "InfluxDB does not accept the token for {what}",
    "Put the token that `meterhound setup` issued for this role into influx.token_file.",
    { http: 503, recoverable: true },
  ),
  MH_INFLUX_BUCKET_MISSING: entry(
    "InfluxDB does not have {what}",
    "Run `meterhound setup`, and check influx.org and influx.prefix.",
    { http: 503, recoverable: true },
  ),
  MH_INFLUX_UNSUPPORTED: entry(
    "The server at influx.url is not a supported InfluxDB: {version}",
    "Use InfluxDB 2.7 or a later 2.x; version 3 has no Flux.",
  ),
  MH_SERIES_VALUE: entry(
    "The time series cannot hold {place}: {problem}",
    "The usage log has it; correct what sends this value.",
    { http: 400 },
  ),

  MH_EVENT_NOT_OBJECT: badEvent(
    "The event is not a JSON object",
    "Send one JSON object per event.",
  ),
  MH_EVENT_UNPARSEABLE: badEvent("The line is not JSON", "Send one complete JSON object per line."),
  MH_EVENT_NOT_UTF8: badEvent("The line is not UTF-8", "Encode events as UTF-8."),
  MH_EVENT_TOO_LARGE: badEvent(
    "The event is larger than 256 KiB",
    "Send usage figures and digests, not texts.",
  ),
  MH_EVENT_MISSING_FIELD: badEvent(
    "A required field is missing",
    "Every event carries `id` and `time`.",
  ),
  MH_EVENT_WRONG_TYPE: badEvent(
    "A field has the wrong type",
    "See the canonical event in docs/reference/events.md.",
  ),
  MH_EVENT_BAD_VALUE: badEvent(
    "A field has a value outside its range",
    "See the canonical event in docs/reference/events.md.",
  ),
  MH_EVENT_BAD_TIME: badEvent(
    "`time` is not an RFC 3339 timestamp",
    "Write times like 2026-10-05T07:11:55.592Z.",
  ),
  MH_EVENT_FUTURE_TIME: badEvent(
    "`time` is more than 24 hours ahead",
    "Correct the sender's clock.",
  ),
  MH_EVENT_TENANT_MISMATCH: badEvent(
    "The payload names another tenant than the sender's",
    "Leave `tenant` out, or use the token of that tenant.",
  ),

  MH_API_NOT_FOUND: entry("There is no {what}", "Check the id and the tenant.", { http: 404 }),
  MH_API_BAD_REQUEST: entry("{problem}", "Correct the request; the path names the place.", {
    http: 400,
  }),
  MH_API_EMPTY: entry(
    "The body holds no event",
    "Send NDJSON, a JSON object or a JSON array of events.",
    {
      http: 400,
    },
  ),
  MH_API_TOO_LARGE: entry("The body is larger than {limit}", "Send smaller batches.", {
    http: 413,
  }),
  MH_API_UNSUPPORTED_MEDIA: entry(
    "Content-Type or Content-Encoding is not supported: {what}",
    "Send application/json or application/x-ndjson, uncompressed or gzip.",
    { http: 415 },
  ),
  MH_API_UNAUTHENTICATED: entry(
    "A bearer token is required",
    "Send `Authorization: Bearer <token>` with a configured token.",
    {
      http: 401,
    },
  ),
  MH_API_FORBIDDEN: entry("The token lacks the role {role}", "Use a token with that role.", {
    http: 403,
  }),
  MH_API_PRECONDITION_REQUIRED: entry(
    "If-Match is required",
    "Read the finding first and send its ETag as If-Match.",
    {
      http: 428,
    },
  ),
  MH_API_CONFLICT: entry(
    "The finding was changed by someone else: it is at revision {revision}",
    "Read it again and repeat the change.",
    { http: 412, recoverable: true },
  ),
  MH_API_CURSOR: entry("The cursor does not belong to this list", "Start again without a cursor.", {
    http: 400,
  }),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a code of the catalogue; the edges render it, retry loops read `recoverable`. */
export class MeterhoundError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(fill(ERRORS[code].message, details), options);
    this.name = "MeterhoundError";
    this.code = code;
    this.details = details;
  }

  get entry(): ErrorEntry {
    return ERRORS[this.code];
  }
}

function fill(template: string, details: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? name));
}

/** The message of anything thrown, for `{problem}` places. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
