import { z } from "zod";
import { parseUsd, type Pico } from "../money.ts";

/** Exact picodollars from a decimal string or a number, as people write money; `what` names it in the complaint. */
export function usdAmount(what: string): z.ZodType<Pico> {
  return z
    .union([z.string(), z.number()], {
      error: ({ input }) => (input === undefined ? `is missing: ${what}` : `must be ${what}`),
    })
    .transform((value, context): Pico => {
      const pico = parseUsd(typeof value === "number" ? decimal(value) : value);
      if (pico !== null) return pico;
      context.addIssue(`must be ${what}, with at most twelve decimals`);
      return z.NEVER;
    });
}

/** The digits a person wrote: the shortest that give the same double, without an exponent. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes("e-")) return text;
  const fixed = value.toFixed(12);
  return Number(fixed) === value ? fixed : text;
}
