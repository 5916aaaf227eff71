import { z } from "zod";
import { IDENTITY_TYPES } from "#core/event.ts";
import { Count, Time, Usd } from "#core/shapes.ts";
import { SEVERITIES } from "#core/severity.ts";
import { Annotation, Usage } from "#core/timeline/report.ts";

const Spend = z.strictObject({
  day: Usd.meta({ description: "The 24 hours up to `to`." }),
  week: Usd.meta({ description: "The 7 days up to `to`." }),
});

/** One identity, as the list shows it. */
export const IdentityItem = z.strictObject({
  tenant: z.string(),
  identity: z.string().nullable().meta({ description: "Null: usage that names nobody." }),
  type: z.enum(IDENTITY_TYPES).nullable(),
  owner: z.string().nullable(),
  team: z
    .string()
    .nullable()
    .meta({ description: "The directory's, else the team of most calls." }),
  last_seen: Time.meta({ description: "Start of the newest minute with a call." }),
  calls: z.strictObject({ day: Count, week: Count }),
  spend: Spend,
  unpriced_calls: Count.meta({ description: "Of the week." }),
  open_findings: Count,
  worst_open: z.enum(SEVERITIES).nullable(),
});
export type IdentityItem = z.infer<typeof IdentityItem>;

/** `GET identities`. */
export const IdentityList = z.strictObject({
  to: Time,
  items: z.array(IdentityItem),
  next: z.string().nullable(),
});

const Part = z.array(
  z.strictObject({
    value: z.string().nullable(),
    last_seen: Time,
    total: Usage,
  }),
);

/** `GET identities/{id}`. */
export const IdentityDetail = z.strictObject({
  to: Time,
  ...IdentityItem.shape,
  week: z
    .strictObject({ credentials: Part, models: Part, teams: Part })
    .meta({ description: "The 7 days up to `to`, the dearest first, 100 each at most." }),
  findings: z.array(Annotation).meta({ description: "The worst first, 200 at most." }),
});
export type IdentityDetail = z.infer<typeof IdentityDetail>;
