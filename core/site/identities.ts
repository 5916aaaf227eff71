import { z } from "zod";
import { ENVIRONMENTS, IDENTITY_TYPES } from "../event.ts";
import type { IdentityRecord } from "../identity.ts";
import { checkLocated, type FileProblem, type Locate, parseLocated } from "../located.ts";
import { didYouMean } from "../nearest.ts";
import { holdsSecret } from "../privacy.ts";
import { type Cell, parseCsv } from "./csv.ts";
import { below, type Entry, type SiteFile, SiteText } from "./entry.ts";

const Identity = z.strictObject({
  id: SiteText.describe("The identity's name."),
  tenant: SiteText.optional().describe("Only within this tenant. Without it: in every tenant."),
  type: z.enum(IDENTITY_TYPES).optional().describe("What kind of identity it is."),
  credentials: z
    .array(
      SiteText.refine((text) => !holdsSecret(text), {
        message: "looks like a live secret: put its fingerprint here",
      }),
    )
    .default([])
    .describe("Fingerprints of its credentials, never the credentials. In CSV separated by `;`."),
  owner: SiteText.optional().describe("Who answers for it."),
  team: SiteText.optional().describe("The team that pays."),
  service: SiteText.optional().describe("The service it works for."),
  cost_center: SiteText.optional().describe("The cost centre charged."),
  environment: z.enum(ENVIRONMENTS).optional().describe("Where it runs."),
  business_unit: SiteText.optional().describe("The business unit of the team."),
});

/** The identity directory as a YAML file holds it. */
export const IdentitiesFile = z.strictObject({
  identities: z.array(Identity).describe("Who is behind identities and credentials."),
});

const COLUMNS = Object.keys(Identity.shape);

/** Parses a YAML identity file. */
export function parseIdentitiesYaml(file: string, text: string): SiteFile<IdentityRecord> {
  const { value, problems, at } = parseLocated(file, text, IdentitiesFile);
  const entries = value?.identities.map((identity, i) => ({
    value: identity,
    at: below(at, ["identities", i]),
  }));
  return { entries: entries ?? [], problems };
}

/** Parses a CSV identity file: a header row with the names of the YAML keys, an empty cell for what is unknown. */
export function parseIdentitiesCsv(file: string, text: string): SiteFile<IdentityRecord> {
  const { rows, problems } = parseCsv(file, text);
  const [header = [], ...body] = rows;
  const headerProblems = checkHeader(file, header);
  if (headerProblems.length > 0) return { entries: [], problems: [...problems, ...headerProblems] };
  const entries: Entry<IdentityRecord>[] = [];
  for (const row of body) {
    const at = locateIn(file, header, row);
    if (row.length !== header.length) {
      problems.push(at([], `${row.length} cells, but the header has ${header.length}`));
      continue;
    }
    const checked = checkLocated(toTree(header, row), Identity, at);
    if (checked.value) entries.push({ value: checked.value, at });
    else problems.push(...checked.problems);
  }
  return { entries, problems: problems.toSorted((a, b) => a.line - b.line) };
}

function checkHeader(file: string, header: readonly Cell[]): FileProblem[] {
  const problems: FileProblem[] = [];
  header.forEach(({ text, line, column }, i) => {
    const twice = header.findIndex((cell) => cell.text === text) !== i;
    if (COLUMNS.includes(text) && !twice) return;
    const message = twice
      ? "the column is given twice"
      : `unknown column${didYouMean(text, COLUMNS)}`;
    problems.push({ file, line, column, path: text, message });
  });
  if (problems.length === 0 && !header.some(({ text }) => text === "id")) {
    const message = `the header row needs the column id; it may name ${COLUMNS.join(", ")}`;
    problems.push({ file, line: 1, column: 1, path: "", message });
  }
  return problems;
}

function toTree(header: readonly Cell[], row: readonly Cell[]): Record<string, unknown> {
  const filled = header.flatMap(({ text: name }, i) => {
    const text = row[i]?.text;
    return text ? [[name, name === "credentials" ? splitList(text) : text] as const] : [];
  });
  return Object.fromEntries(filled);
}

function splitList(text: string): string[] {
  const items = text.split(";").map((item) => item.trim());
  return items.filter((item) => item !== "");
}

/** A field's problem is at its cell, any other at the start of the row. */
function locateIn(file: string, header: readonly Cell[], row: readonly Cell[]): Locate {
  return (path, message) => {
    const named = row[header.findIndex(({ text }) => text === path[0])];
    const { line = 1, column = 1 } = named ?? row[0] ?? {};
    return { file, line, column, path: path.map(String).join("."), message };
  };
}
