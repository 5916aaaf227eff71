import { modelName, type UsageEvent } from "../event.ts";
import type { Pico } from "../money.ts";
import { MATCHABLE } from "../ownership.ts";
import type { EventTime } from "../time.ts";

/** By what a charge is shared out: calls, tokens, their own cost, one share each, or not at all. */
export const CHARGE_DRIVERS = ["requests", "tokens", "cost", "even", "none"] as const;
export type ChargeDriver = (typeof CHARGE_DRIVERS)[number];

/** What a charge can be limited to, and how it is read from an event. */
export const CHARGE_FIELDS = {
  ...MATCHABLE,
  "model.served": (event) => modelName(event) ?? undefined,
  "model.service_tier": (event) => event.model?.service_tier,
} as const satisfies Record<string, (event: UsageEvent) => string | undefined>;
export type ChargeField = keyof typeof CHARGE_FIELDS;

/** Spend that comes as one bill for many calls: a contract, a subscription, provisioned capacity. */
export interface Charge {
  name: string;
  vendor: string;
  /** Below zero for a credit. */
  amount: Pico;
  /** The period it pays for, half-open in event time. */
  from: EventTime;
  until: EventTime;
  driver: ChargeDriver;
  /** The usage it pays for: patterns (`*` for any run of characters) that must all match; empty for all usage. */
  match: Readonly<Partial<Record<ChargeField, string>>>;
}
