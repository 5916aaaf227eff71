import { z } from "zod";
import { variableOf } from "#core/config-env.ts";
import { Config } from "#core/config.ts";
import { listKeys, type SchemaKey } from "#core/schema-keys.ts";
import { ChargesFile } from "#core/site/charges.ts";
import { IdentitiesFile } from "#core/site/identities.ts";
import { NetworksFile } from "#core/site/networks.ts";
import { OwnershipFile } from "#core/site/ownership.ts";
import { PricesFile } from "#core/site/prices.ts";
import { SharedCostFile } from "#core/site/shared-cost.ts";
import { markdownTable } from "#services/docs/markdown-table.ts";

const INTRODUCTION = `# Configuration

Generated from the schemas; change those, not this page.

\`meterhound.yml\` in the working directory, or the file named by \`--config\`. Unknown keys are errors.
Environment variables go over the file: the path in upper case with \`__\` between levels. An empty
variable counts as not set, an unknown \`METERHOUND_\` variable is an error, and lists can be set in the
file only. File names are relative to the configuration file's folder; those given by environment or
command line, to the working directory. A secret may stand in a file of its own: give the \`_file\` key
instead; one newline at its end is left out.`;

/** Renders `docs/reference/config.md` from the schemas of the configuration and of the site's files. */
export function renderConfigReference(): string {
  return `${[
    INTRODUCTION,
    "## `meterhound.yml`",
    markdownTable(
      ["key", "type", "default", "meaning", "environment"],
      listKeys(Config).map((key) => [...describeKey(key), code(variableOf(key) ?? "")]),
    ),
    "## Identity files\n\nNamed under `identities`. As CSV: a header row with the names of the keys below `identities[]`, an\nempty cell for what is unknown.",
    siteTable(IdentitiesFile),
    "## Ownership files\n\nNamed under `ownership`.",
    siteTable(OwnershipFile),
    "## Price files\n\nNamed under `prices`. Prices are USD per million tokens, as numbers or decimal strings.",
    siteTable(PricesFile),
    "## Charges files\n\nNamed under `charges`. See [Cost](../cost.md).",
    siteTable(ChargesFile),
    "## Showback files\n\nNamed under `showback`. See [Showback](../showback.md).",
    siteTable(SharedCostFile),
    "## Range files\n\nNamed under `geo.file`. As CSV: a header row `cidr,asn,country`, an empty cell for what is unknown.",
    siteTable(NetworksFile),
  ].join("\n\n")}\n`;
}

function siteTable(schema: z.ZodType): string {
  return markdownTable(["key", "type", "default", "meaning"], listKeys(schema).map(describeKey));
}

function describeKey(key: SchemaKey): string[] {
  const segments = key.path.map((name) => (name.includes(".") ? JSON.stringify(name) : name));
  const path = segments.join(".").replaceAll(".[]", "[]");
  return [code(path), typeName(key.schema), defaultText(key), key.description];
}

function defaultText({ schema, optional, default: fallback }: SchemaKey): string {
  if (schema instanceof z.ZodObject) return "";
  if (fallback !== undefined) return code(JSON.stringify(fallback));
  return optional ? "none" : "required";
}

function typeName(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum)
    return schema.options.map((option) => code(String(option))).join(" ");
  if (schema instanceof z.ZodObject) return "section";
  if (schema instanceof z.ZodArray) {
    const item = schema.element as z.ZodType;
    return item instanceof z.ZodObject ? "list" : `list of ${typeName(item)}`;
  }
  if (schema instanceof z.ZodNumber) return schema.isInt ? "whole number" : "number";
  return schema instanceof z.ZodUnion ? "number or text" : "text";
}

function code(text: string): string {
  return text && `\`${text}\``;
}
