import { z } from "zod";
import { type FileProblem, parseLocated } from "../located.ts";
import {
  type Charge,
  CHARGE_DRIVERS,
  CHARGE_FIELDS,
  type ChargeField,
} from "../showback/charges.ts";
import { usdAmount } from "./amount.ts";
import { below, type Entry, placeOf, type SiteFile, SiteText } from "./entry.ts";
import { Moment } from "./moment.ts";

const Pattern = SiteText.exactOptional().describe("Pattern for the event's field.");
const FIELDS = Object.keys(CHARGE_FIELDS) as ChargeField[];
const Match = z.strictObject(
  Object.fromEntries(FIELDS.map((field) => [field, Pattern])) as Record<
    ChargeField,
    typeof Pattern
  >,
);

/** Bundled and contract spend as its file holds it. */
export const ChargesFile = z.strictObject({
  charges: z
    .array(
      z.strictObject({
        name: SiteText.describe("What is paid for, as reports name it."),
        vendor: SiteText.describe("Who sends the bill."),
        amount: usdAmount('an amount like "1200.00"').describe(
          "The whole amount of the period; below zero for a credit.",
        ),
        currency: z.literal("USD").default("USD").describe("No rate is ever guessed: only `USD`."),
        period: z
          .strictObject({
            from: Moment.describe("First moment it pays for: a date (midnight UTC) or a time."),
            until: Moment.describe("First moment it no longer pays for."),
          })
          .describe("What the amount pays for, spread evenly over its time."),
        driver: z
          .enum(CHARGE_DRIVERS)
          .describe(
            "Shared out by calls, tokens, their own cost, evenly, or with `none` left as its own line.",
          ),
        match: Match.default({}).describe(
          "The usage it pays for: fields and patterns, `*` for any run of characters. All must match.",
        ),
      }),
    )
    .describe("Spend that comes as one bill for many calls."),
});

/** Parses a charges file into exact picodollars. */
export function parseCharges(file: string, text: string): SiteFile<Charge> {
  const { value, problems, at } = parseLocated(file, text, ChargesFile);
  if (value === null) return { entries: [], problems };
  const entries: Entry<Charge>[] = [];
  const wrong: FileProblem[] = [];
  value.charges.forEach(({ name, vendor, amount, period, driver, match }, i) => {
    const atCharge = below(at, ["charges", i]);
    const charge = { name, vendor, amount, ...period, driver, match };
    if (period.from < period.until) entries.push({ value: charge, at: atCharge });
    else wrong.push(atCharge(["period", "until"], "must be after from"));
  });
  return { entries, problems: wrong };
}

/** Joins charges files. One name of a vendor is charged once for a time. */
export function joinCharges(files: readonly SiteFile<Charge>[]): {
  charges: Charge[];
  problems: FileProblem[];
} {
  const entries = files.flatMap((file) => file.entries);
  const problems = files.flatMap((file) => file.problems);
  entries.forEach((entry, i) => {
    const other = entries.slice(0, i).find(({ value }) => chargesTwice(value, entry.value));
    if (!other) return;
    const message = `overlaps in time with the charge at ${placeOf(other, ["name"])}`;
    problems.push(entry.at(["name"], message));
  });
  return { charges: entries.map(({ value }) => value), problems };
}

function chargesTwice(a: Charge, b: Charge): boolean {
  return a.name === b.name && a.vendor === b.vendor && a.from < b.until && b.from < a.until;
}
