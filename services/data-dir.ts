import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, MeterhoundError } from "#core/errors.ts";

/** Who uses a data directory, and where it answers; no address until it listens. */
export interface Tenancy {
  pid: number;
  address: string | null;
}

const LOCK = "meterhound.lock";
const KEY = "digest.key";
const KEY_BYTES = 16;

/** Makes the directory where there is none. Throws MH_DATA_UNWRITABLE. */
export function prepareDataDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new MeterhoundError(
      "MH_DATA_UNWRITABLE",
      { dir, problem: messageOf(error) },
      { cause: error },
    );
  }
}

/** The living process that uses the directory, or null; what a killed one left behind does not count. */
export function tenancyOf(dir: string): Tenancy | null {
  try {
    const tenancy = JSON.parse(readFileSync(join(dir, LOCK), "utf8")) as Tenancy;
    return tenancy.pid !== process.pid && isAlive(tenancy.pid) ? tenancy : null;
  } catch {
    return null;
  }
}

/** Says that this process uses the directory. Throws MH_DATA_IN_USE where another one does. */
export function claimDataDir(dir: string, address: string | null): void {
  const other = tenancyOf(dir);
  if (other) throw new MeterhoundError("MH_DATA_IN_USE", { dir, pid: other.pid });
  const tenancy: Tenancy = { pid: process.pid, address };
  writeFileSync(join(dir, LOCK), `${JSON.stringify(tenancy)}\n`, { mode: 0o600 });
}

export function releaseDataDir(dir: string): void {
  rmSync(join(dir, LOCK), { force: true });
}

/** The key of this installation's digests: made once, since digests only compare under one key. */
export function digestKeyOf(dir: string): string {
  const file = join(dir, KEY);
  const known = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (known) return known;
  const key = randomBytes(KEY_BYTES).toString("hex");
  writeFileSync(`${file}.new`, `${key}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return key;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
