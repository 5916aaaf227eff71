/** One message of a gateway: whose events they are is said by where it came in, never by what it holds. */
export interface Arrival {
  tenant: string;
  gateway: string;
  body: Buffer;
}

/**
 * Hands over what gateways publish, until the signal aborts. A message is done with once the handler
 * resolves; where it rejects the message comes again.
 */
export type Intake = (
  handle: (arrival: Arrival) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>;
