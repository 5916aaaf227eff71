import { z } from "zod";

/** `a` or `a,b`: any of them. */
export const listOf = <T extends string>(values: readonly [T, ...T[]]): z.ZodType<T[]> =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(values)))
    .meta({ description: `One or several, by commas: ${values.join(", ")}.` });
