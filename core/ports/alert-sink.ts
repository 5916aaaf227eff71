import type { Finding } from "../finding/finding.ts";

/** One message to one receiver: rendered once, the same bytes on every attempt. */
export interface Delivery {
  /** Stable over retries, so that receivers can tell a repeat. */
  id: string;
  body: string;
}

/** What became of one attempt. */
export type DeliveryOutcome =
  | { delivered: true }
  | { delivered: false; reason: string; retryAfterMs: number | null; gone: boolean };

/** Hands findings to the outside. */
export interface AlertSink {
  readonly name: string;
  /** False where this receiver does not want the finding. */
  wants(finding: Finding): boolean;
  /** One attempt; never throws. */
  deliver(delivery: Delivery): Promise<DeliveryOutcome>;
}
