import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { FORMATS } from "#core/formats/formats.ts";
import { DETECTORS } from "#detectors/index.ts";
import { OPERATIONS } from "../api/operations.ts";
import { loadRules } from "../rules/load.ts";
import { renderApiReference } from "./api-reference.ts";
import { renderConfigReference } from "./config-reference.ts";
import { renderDetectorReference } from "./detector-reference.ts";
import { renderErrorReference } from "./error-reference.ts";
import { renderEventReference } from "./event-reference.ts";
import { renderFormatsPage } from "./formats-page.ts";
import { renderRulesReference } from "./rules-reference.ts";

/** Writes the pages of `docs/` that are made from code; with `--check` only says which page is stale, and exits 1. */
const FOLDER = new URL("../../docs/", import.meta.url);
const rules = loadRules();
const pages: Readonly<Record<string, string>> = {
  "formats.md": renderFormatsPage(FORMATS),
  "reference/api.md": renderApiReference(OPERATIONS),
  "reference/config.md": renderConfigReference(),
  "reference/errors.md": renderErrorReference(),
  "reference/events.md": renderEventReference(),
  "reference/rules.md": renderRulesReference(rules, DETECTORS),
  ...Object.fromEntries(
    DETECTORS.map((one) => [
      `reference/detectors/${one.id}.md`,
      renderDetectorReference(one, rules),
    ]),
  ),
};

mkdirSync(new URL("reference/detectors/", FOLDER), { recursive: true });

for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, FOLDER);
  if (process.argv.includes("--check")) {
    if (readOr(file, "") === text) continue;
    process.stderr.write(`docs/${name} is stale: run \`npm run docs\`\n`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}

function readOr(file: URL, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}
