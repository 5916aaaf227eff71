import pino from "pino";
import { type EventTime, parseTime } from "#core/time.ts";
import type { Settings } from "../config.ts";
import { claimDataDir, prepareDataDir, releaseDataDir } from "../data-dir.ts";
import { openPorts, type Ports } from "../wiring.ts";
import { usage } from "./command.ts";

/** The time an option of a command names. Throws MH_USAGE. */
export function timeOption(text: string | undefined, option: string): EventTime {
  const at = text === undefined ? null : parseTime(text);
  if (at === null) throw usage(`${option} takes a time like 2026-10-05T00:00:00Z`);
  return at;
}

/** Lets a command work on the stored logs while nobody else does. Throws MH_DATA_IN_USE and what opening throws. */
export async function withStoredPorts<T>(
  settings: Settings,
  work: (ports: Ports) => Promise<T>,
): Promise<T> {
  const { data_dir: dir } = settings;
  prepareDataDir(dir);
  claimDataDir(dir, null);
  try {
    const ports = await openPorts(settings, pino({ level: "silent" }));
    try {
      return await work(ports);
    } finally {
      await ports.close();
    }
  } finally {
    releaseDataDir(dir);
  }
}
