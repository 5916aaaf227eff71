import pino from "pino";
import type { Settings } from "../config.ts";
import { claimDataDir, prepareDataDir, releaseDataDir } from "../data-dir.ts";
import type { Ports } from "../wiring.ts";

/** Works with the logs while no service uses the data directory. Throws MH_DATA_IN_USE and what opening throws. */
export async function withPorts<T>(
  settings: Settings,
  use: (ports: Ports) => Promise<T>,
): Promise<T> {
  const { data_dir: dir } = settings;
  prepareDataDir(dir);
  claimDataDir(dir, null);
  try {
    // Loaded when it is needed: a replay of files must not wait for clients of stores.
    const { openPorts } = await import("../wiring.ts");
    const ports = await openPorts(settings, pino({ level: "silent" }));
    try {
      return await use(ports);
    } finally {
      await ports.close();
    }
  } finally {
    releaseDataDir(dir);
  }
}
