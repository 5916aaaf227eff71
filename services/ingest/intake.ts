import type { Logger } from "pino";
import type { Intake } from "#core/ports/intake.ts";
import type { Digest } from "#core/privacy.ts";
import type { Accept } from "./accept.ts";
import { parseBody } from "./parse-body.ts";

/** Takes in what gateways publish on the stream; the returned function ends it. Tenant and source are the subject's. */
export function startIntake(
  intake: Intake,
  accept: Accept,
  digest: Digest,
  now: () => number,
  log: Logger,
): () => Promise<void> {
  const abort = new AbortController();
  const running = intake(async ({ tenant, gateway, body }) => {
    const origin = { source: gateway, tenants: [tenant], digest };
    const { quarantined } = await accept(parseBody(body), origin, now());
    if (quarantined.length > 0) {
      log.warn({ event: "intake.quarantined", tenant, gateway, events: quarantined.length });
    }
  }, abort.signal).catch((error: unknown) => log.error({ event: "intake.failed", err: error }));
  return async () => {
    abort.abort();
    await running;
  };
}
