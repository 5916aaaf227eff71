import { CLOUDTRAIL_ACTIONS, KILL_CHAIN, MODEL_CALLS } from "#core/formats/cloudtrail-actions.ts";
import type { Format } from "#core/formats/format.ts";
import { OTHER_CODES } from "#core/quality.ts";
import { FORMAT_SETUP } from "./format-setup.ts";
import { markdownTable } from "./markdown-table.ts";

const INTRODUCTION = `# Formats

Made by \`services/docs\` from the mappings in \`core/formats\`; do not edit.

Meterhound reads its own events and the payloads of other systems. Each record becomes one or more
[canonical events](reference/events.md); what a format cannot tell is absent and named by a quality
code, never guessed. Texts are replaced by keyed digests while they are read.

Native events go to \`POST /v1/events\` or to the subject \`usage.in.<tenant>.<gateway>\`, as NDJSON, a JSON
array or a JSON object, or in CloudEvents 1.0 envelopes, structured or batched, whose type ends in
\`.usage\` or \`.audit\`: id, source and time of the envelope win, its subject names the identity where the
data does not.

Every route takes one payload, a JSON array of them, or one a line, packed by gzip or not, with a
token of scope \`ingest\`. A record that cannot be read goes to quarantine with its path and the reason;
its neighbours are kept. Files: \`meterhound ingest FILE…\` and \`meterhound replay FILE…\` with
\`--format auto\` (the default: each record is recognised by itself), \`native\` or one of the names below.`;

/** Renders `docs/formats.md`: what is read, how it is sent, and what each format can and cannot tell. */
export function renderFormatsPage(formats: readonly Format[]): string {
  return [
    INTRODUCTION,
    "",
    overview(formats),
    "",
    MEANINGS,
    "",
    "## What each format carries",
    "",
    "Besides, every call has an `outcome.status` and a failed one an `outcome.error_class`, put together from",
    "several marks. Ownership and prices are added afterwards, from the directory and the price book.",
    "",
    matrix(formats),
    "",
    "## What each format cannot tell",
    "",
    gaps(formats),
    "",
    ...formats.flatMap(section),
    ...cloudtrailActions(),
  ].join("\n");
}

const MEANINGS = `Tokens: \`usage.input_tokens\` includes the cached tokens. A source counts **inclusive** like that, or
**exclusive**, and then the cached ones are added; **auto** is taken for inclusive until the numbers
prove the other. Lineage: with **edges** each call names its parent; by **session** calls are grouped and
fan-out is judged by the group; with **none** neither is known. Every finding names its mode.`;

function overview(formats: readonly Format[]): string {
  return markdownTable(
    ["`--format`", "what", "routes", "input tokens", "lineage"],
    formats.map(({ name, title, routes, tokens, lineage }) => [
      code(name),
      title,
      routes.map(code).join(", "),
      tokens ?? "none",
      lineage,
    ]),
  );
}

/** Kinds of records against canonical fields. */
function matrix(formats: readonly Format[]): string {
  const kinds = formats.flatMap(({ name, tables }) =>
    Object.entries(tables).map(([kind, table]) => ({ title: `${name}: ${kind}`, table })),
  );
  return markdownTable(
    ["field", ...kinds.map(({ title }) => title)],
    fieldsOf(kinds.map(({ table }) => table)).map((field) => [
      code(field),
      ...kinds.map(({ table }) => (field in table ? "yes" : "")),
    ]),
  );
}

function gaps(formats: readonly Format[]): string {
  const rows = formats.flatMap(({ name, cannot, sometimes }) => [
    ...cannot.map((flag) => [code(name), code(flag), "always", OTHER_CODES[flag]]),
    ...sometimes.map((flag) => [code(name), code(flag), "by record", OTHER_CODES[flag]]),
  ]);
  return markdownTable(["format", "code", "when", "meaning"], rows);
}

function section({ name, title, routes, tables, follows }: Format): string[] {
  const kinds = Object.entries(tables);
  const rows = fieldsOf(kinds.map(([, table]) => table)).map((field) => [
    code(field),
    ...kinds.map(([, table]) => table[field]?.from.map(source).join(", ") ?? ""),
  ]);
  return [
    `## ${title}`,
    "",
    `\`--format ${name}\`, ${routes.map(code).join(", ")}. ${follows}`,
    "",
    ...(FORMAT_SETUP[name] === undefined ? [] : [FORMAT_SETUP[name], ""]),
    "The source's own names of each field; the first that is present wins.",
    "",
    markdownTable(["field", ...kinds.map(([kind]) => kind)], rows),
    "",
  ];
}

/** Canonical fields in the order in which the first table names them, those of one section together. */
function fieldsOf(tables: readonly object[]): string[] {
  const names = [...new Set(tables.flatMap((table) => Object.keys(table)))];
  const sections = [...new Set(names.map(sectionName))];
  return sections.flatMap((each) => names.filter((name) => sectionName(name) === each));
}

function sectionName(field: string): string {
  return field.split(".")[0]!;
}

function cloudtrailActions(): string[] {
  const rows = Object.entries(CLOUDTRAIL_ACTIONS).flatMap(([action, { step, calls }]) =>
    Object.entries(calls).map(([service, events]) => [
      code(action),
      code(service),
      events.map(code).join(", "),
      step === undefined ? "" : `${step}: ${KILL_CHAIN[step]}`,
    ]),
  );
  const models = [...MODEL_CALLS].map(code).join(", ");
  return [
    "## CloudTrail actions",
    "",
    "What CloudTrail tells of administration becomes audit events; the steps are those of the LLMjacking",
    "kill chain, in which a stolen key is tried, widened and resold. A call of these services that was",
    "refused becomes `access.denied`, because it changed nothing. `extra.event_name` always says what was",
    "called. `PutModelInvocationLoggingConfiguration` counts as `logging.disabled` where it leaves no",
    "destination or switches the texts off. All else in CloudTrail is passed over.",
    "",
    markdownTable(
      ["audit action", "service", "event names", "kill chain"],
      [...rows, ["usage event", "`bedrock`", models, `where it failed, 3: ${KILL_CHAIN[3]}`]],
    ),
    "",
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Names are code; what says in words where a value comes from has its own marks. */
function source(name: string): string {
  return name.includes("`") ? name : code(name);
}
