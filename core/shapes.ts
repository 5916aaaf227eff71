import { z } from "zod";

/** An amount as it leaves the program: exact, in USD. */
export const Usd = z
  .string()
  .regex(/^-?\d+(\.\d{1,12})?$/)
  .meta({ description: "USD, an exact decimal string." });

/** A time as it leaves the program. */
export const Time = z.iso.datetime({ precision: 3 }).meta({ description: "RFC 3339, UTC." });

/** How many there are. */
export const Count = z.int().min(0);
