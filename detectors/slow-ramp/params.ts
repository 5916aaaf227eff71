import { z } from "zod";

export const Params = z.strictObject({
  drift: z
    .number()
    .min(0)
    .default(0.5)
    .describe("Deviations above the ordinary day that a day may have for nothing."),
  limit: z
    .number()
    .positive()
    .default(8)
    .describe("Deviations beyond that, summed up over days, that are too many."),
  deviation: z
    .number()
    .positive()
    .default(0.15)
    .describe("Least deviation of a day, of the natural logarithm of its calls."),
  min_days: z.int().min(3).max(7).default(5).describe("Full days that make an ordinary one."),
  min_calls_day: z
    .int()
    .min(1)
    .default(100)
    .describe("Calls of a day below which nothing is told."),
  min_ordinary_day: z
    .number()
    .min(1)
    .default(20)
    .describe("Calls of an ordinary day below which an identity is too sparse to be judged."),
});
export type Params = z.infer<typeof Params>;
