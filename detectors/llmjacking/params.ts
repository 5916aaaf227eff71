import { z } from "zod";

const weight = z.number().min(0).max(1);

/** Starting weights, by sign; members of a group go together, so the heaviest of each counts. */
const Weights = z.strictObject({
  zero_token_probe: weight.default(0.45),
  access_denied: weight.default(0.4),
  model_enumeration: weight.default(0.35),
  listed_then_used: weight.default(0.35),
  control_actions: weight.default(0.4),
  tampering: weight.default(0.5),
  enabled_then_used: weight.default(0.35),
  new_network: weight.default(0.3),
  new_client: weight.default(0.3),
  untagged: weight.default(0.2),
  many_countries: weight.default(0.5),
  many_networks: weight.default(0.4),
  many_regions: weight.default(0.3),
  new_model: weight.default(0.3),
  reactivated: weight.default(0.4),
  round_the_clock: weight.default(0.1),
  own_peak: weight.default(0.45),
});

const share = z.number().min(0).max(100);

export const Params = z.strictObject({
  open_at: share.default(40).describe("Score from which an incident is open."),
  weights: Weights.prefault({}).describe("Weight of each signal at full strength."),
  half_life_hours: z.number().positive().default(24).describe("A signal loses half its weight in."),
  keep_days: z.number().positive().default(7).describe("A signal is forgotten after."),
  probes: z.int().min(2).default(3).describe("Zero-token validation errors in a minute."),
  probed_models: z.int().min(2).default(2).describe("Or different models so probed in a minute."),
  denied: z.int().min(2).default(4).describe("Calls refused in an hour, over all models."),
  models: z.int().min(2).default(5).describe("Different models in 15 minutes."),
  countries: z.int().min(2).default(3).describe("Different countries in a day."),
  networks: z.int().min(2).default(3).describe("Different networks in an hour."),
  regions: z.int().min(2).default(3).describe("Different provider regions in an hour."),
  control_actions: z
    .int()
    .min(2)
    .default(4)
    .describe("Different actions of administration in a day."),
  waking_hours: z
    .int()
    .min(12)
    .max(24)
    .default(20)
    .describe("Hours with calls in one day, on a credential that knew 14 at most."),
  untagged: z.int().min(2).default(10).describe("Calls in a row without the usual tags."),
  history_days: z
    .number()
    .min(0)
    .default(7)
    .describe("Age of a credential before anything new on it is a signal."),
  history_calls: z.int().min(1).default(20).describe("And its calls by then."),
  unused_days: z.number().min(1).default(30).describe("A model unused for so long is new again."),
  dormant_days: z.number().min(1).default(30).describe("Silence that makes a credential dormant."),
  dormant_calls: z.int().min(1).default(10).describe("Calls in an hour that end the silence."),
  sustained: z.number().min(1).default(1.2).describe("Two hours above this multiple of the peak."),
  sudden: z.number().min(1).default(5).describe("Or one hour above this multiple of it."),
  min_active_hours: z.int().min(1).default(24).describe("Hours before the own peak is trusted."),
  companion: share
    .default(10)
    .describe("Volume counts only beside other signals that score at least this."),
});
export type Params = z.infer<typeof Params>;
