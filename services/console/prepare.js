import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Builds the console after `npm ci`, where what builds it is installed (not with `--omit=dev`). */
const ROOT = new URL("../../", import.meta.url);

if (existsSync(new URL("node_modules/vite/package.json", ROOT))) {
  const { build } = await import("vite");
  await build({ configFile: fileURLToPath(new URL("vite.config.ts", ROOT)), logLevel: "warn" });
} else {
  process.stdout.write("The console is not built: vite is not installed.\n");
}
