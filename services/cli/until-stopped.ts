import type { Service } from "../service.ts";

/** Waits for SIGINT or SIGTERM, or for the service to fail, and stops it in order either way. */
export async function untilStopped(service: Service): Promise<void> {
  let onSignal: () => void = () => {};
  const signal = new Promise<void>((resolve) => {
    onSignal = resolve;
    process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  });
  try {
    await Promise.race([signal, service.failed]);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await service.stop();
  }
}
