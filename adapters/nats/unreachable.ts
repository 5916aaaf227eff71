import { MeterhoundError } from "#core/errors.ts";
import type { Nats } from "./connection.ts";
import { natsProblem } from "./errors.ts";

/** Runs a request and turns what the client throws into MH_NATS_UNREACHABLE. */
export async function reaching<T>(nats: Nats, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (cause instanceof MeterhoundError) throw cause;
    const details = { servers: nats.nc.getServer(), problem: natsProblem(cause) };
    throw new MeterhoundError("MH_NATS_UNREACHABLE", details, { cause });
  }
}
