import { z } from "zod";
import { ENVIRONMENTS, IDENTITY_TYPES } from "../event.ts";
import type { IdentityRecord } from "../identity.ts";
import { parseLocated } from "../located.ts";
import { holdsSecret } from "../privacy.ts";
import { below, type SiteFile, SiteText } from "./entry.ts";
import { parseTable } from "./table.ts";

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
  const columns = Object.keys(Identity.shape);
  return parseTable(file, text, {
    row: Identity,
    columns,
    required: ["id"],
    lists: ["credentials"],
  });
}
