import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { DETECTORS } from "#detectors/index.ts";
import { loadRules } from "../rules/load.ts";
import { renderConfigReference } from "./config-reference.ts";
import { renderDetectorReference } from "./detector-reference.ts";
import { renderErrorReference } from "./error-reference.ts";
import { renderEventReference } from "./event-reference.ts";
import { renderRulesReference } from "./rules-reference.ts";

/** Writes `docs/reference/`; with `--check` only says which page is stale, and exits 1. */
const FOLDER = new URL("../../docs/reference/", import.meta.url);
const rules = loadRules();
const pages: Readonly<Record<string, string>> = {
  "config.md": renderConfigReference(),
  "errors.md": renderErrorReference(),
  "events.md": renderEventReference(),
  "rules.md": renderRulesReference(rules, DETECTORS),
  ...Object.fromEntries(
    DETECTORS.map((one) => [`detectors/${one.id}.md`, renderDetectorReference(one, rules)]),
  ),
};

mkdirSync(new URL("detectors/", FOLDER), { recursive: true });

for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, FOLDER);
  if (process.argv.includes("--check")) {
    if (readOr(file, "") === text) continue;
    process.stderr.write(`docs/reference/${name} is stale: run \`npm run docs\`\n`);
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
