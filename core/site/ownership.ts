import { z } from "zod";
import { ENVIRONMENTS } from "../event.ts";
import { type FileProblem, parseLocated } from "../located.ts";
import { MATCHABLE, type MatchField, type OwnershipRule } from "../ownership.ts";
import { OWNED_FIELDS, type OwnedField } from "../quality.ts";
import { SiteText } from "./entry.ts";

const MATCH_FIELDS = Object.keys(MATCHABLE) as MatchField[];

/** What an event must look like: patterns on its fields. */
export const Match = z.strictObject(
  shapeOf(MATCH_FIELDS, () => SiteText, "Pattern for the event's field."),
);
const Set = z.strictObject(
  shapeOf(
    OWNED_FIELDS,
    (field) => (field === "environment" ? z.enum(ENVIRONMENTS) : SiteText),
    "What the field then is.",
  ),
);

/** The ownership policy as its file holds it. */
export const OwnershipFile = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        match: Match.describe(
          "What an event must look like: fields and patterns, `*` for any run of characters. All must match.",
        ),
        set: Set.describe(
          "What then holds for it, where neither the event nor the directory says.",
        ),
      }),
    )
    .describe("The policy, line by line; of each field the first line that sets it counts."),
});

/** Parses an ownership file; the order of its rules is kept. */
export function parseOwnership(
  file: string,
  text: string,
): { rules: OwnershipRule[]; problems: readonly FileProblem[] } {
  const { value, problems, at } = parseLocated(file, text, OwnershipFile);
  if (value === null) return { rules: [], problems };
  const idle = value.rules.flatMap(({ set }, i) =>
    Object.keys(set).length === 0 ? [at(["rules", i, "set"], "sets nothing")] : [],
  );
  return { rules: value.rules, problems: idle };
}

function shapeOf<F extends MatchField | OwnedField>(
  fields: readonly F[],
  schema: (field: F) => z.ZodType<string>,
  meaning: string,
): Record<F, z.ZodExactOptional<z.ZodType<string>>> {
  const shape = fields.map((field) => [field, schema(field).exactOptional().describe(meaning)]);
  return Object.fromEntries(shape) as Record<F, z.ZodExactOptional<z.ZodType<string>>>;
}
