import { z } from "zod";
import { LONGEST } from "#core/baseline/hour-series.ts";

const multiple = z.number().min(1);

export const Params = z.strictObject({
  sustained: multiple
    .default(1.5)
    .describe("Two running hours above this multiple of the own peak hour."),
  sudden: multiple.default(5).describe("One hour above this multiple of the own peak hour."),
  window: multiple
    .default(1.6)
    .describe("Six running hours above this multiple of the own largest six."),
  rare_window: multiple
    .default(1.4)
    .describe("The same where the score of its calls has called one of these hours rare."),
  min_days: z
    .number()
    .min(0)
    .default(3)
    .describe("Age of an identity before its own peaks are trusted."),
  min_active_hours: z
    .int()
    .min(1)
    .default(34)
    .describe(
      "Hours with traffic in seven days, a fifth of them, that make an identity not sparse.",
    ),
  sparse: multiple
    .default(2)
    .describe("Of a sparse identity: some running hours above this multiple of its peak hour."),
  sparse_hours: z.int().min(2).max(LONGEST).default(4).describe("So many of them."),
  cold_calls_hour: z
    .number()
    .min(1)
    .default(5_000)
    .describe("Of a new identity: calls in one hour."),
  cold_usd_hour: z.number().positive().default(100).describe("And spend in one hour, USD."),
});
export type Params = z.infer<typeof Params>;
