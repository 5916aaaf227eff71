import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const REQUIREMENTS = new URL("requirements.txt", import.meta.url);

/** The Python that `test/interop/setup.sh` installed the LiteLLM SDK for; null where it did not. With REQUIRE_SERVERS=1 that fails. */
export function findLitellm(): string | null {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 16);
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "meterhound", "interop", hash);
  if (existsSync(join(folder, "ready"))) return join(folder, "bin", "python");
  if (process.env["REQUIRE_SERVERS"] === "1") throw new Error(HOW_TO_GET_LITELLM);
  return null;
}

export const HOW_TO_GET_LITELLM =
  "no LiteLLM SDK: run `npm run interop:setup` (python3 and the Python registry)";
