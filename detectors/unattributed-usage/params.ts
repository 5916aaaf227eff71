import { z } from "zod";

const share = z.number().min(0).max(1);

export const Params = z.strictObject({
  share: share
    .default(0.05)
    .describe("Share of an hour's calls or spend without an identity that is still ordinary."),
  usd_hour: z.number().min(0).default(5).describe("And their spend in that hour, USD."),
  unpriced_calls_hour: z.int().min(1).default(500).describe("Or their calls without a price."),
  rise: share
    .default(0.1)
    .describe("Or so far above the source's own share of seven days, as a share."),
  own_peak: z
    .number()
    .min(1)
    .default(1.2)
    .describe("And more such calls than this multiple of the source's own peak hour."),
  min_active_hours: z
    .int()
    .min(1)
    .default(24)
    .describe("Hours with traffic in seven days before the own share is trusted."),
});
export type Params = z.infer<typeof Params>;
