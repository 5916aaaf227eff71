import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, above the sources and above the built program alike. */
const ROOT = above(new URL(".", import.meta.url));

/** The path of a file or folder of the project: "rules", "package.json", "dist/console". */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

function above(folder: URL): URL {
  return existsSync(new URL("package.json", folder)) ? folder : above(new URL("..", folder));
}
