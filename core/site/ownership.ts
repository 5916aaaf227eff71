import { z } from "zod";
import { ENVIRONMENTS } from "../event.ts";
import { type FileProblem, parseLocated } from "../located.ts";
import { isMatchField, MATCHABLE, type OwnershipRule } from "../ownership.ts";
import { OWNED_FIELDS } from "../quality.ts";
import { SiteText } from "./entry.ts";

const MATCH_FIELDS = Object.keys(MATCHABLE) as (keyof typeof MATCHABLE)[];

/** What an event must look like: patterns on its fields. */
export const Match = z
  .object(shapeOf(MATCH_FIELDS, () => SiteText, "Pattern for the event's field."))
  .catchall(SiteText)
  .superRefine(
    (match, context) => {
      const keys = Object.keys(match).filter((key) => !isMatchField(key));
      if (keys.length > 0) context.addIssue({ code: "unrecognized_keys", keys });
    },
    // Also beside other problems, so that all are told at once.
    { when: ({ value }) => typeof value === "object" && value !== null },
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
          "What an event must look like: fields and patterns, `*` for any run of characters. All must match; an absent field matches nothing. Tags as `attribution.tags.<tag>`.",
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

function shapeOf<F extends string>(
  fields: readonly F[],
  schema: (field: F) => z.ZodType<string>,
  meaning: string,
): Record<F, z.ZodExactOptional<z.ZodType<string>>> {
  const shape = fields.map((field) => [field, schema(field).exactOptional().describe(meaning)]);
  return Object.fromEntries(shape) as Record<F, z.ZodExactOptional<z.ZodType<string>>>;
}
