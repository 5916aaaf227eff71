import { createDirectory } from "#core/identity.ts";
import { type CompiledRule, createProgram } from "#core/pipeline/program.ts";
import { createSortWindow, type ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createDigest } from "#core/privacy.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { RuleTest } from "#core/rules/rule.ts";
import { testEvents } from "#core/rules/test-events.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { isProblem } from "#core/event-check.ts";
import { readEvent } from "../ingest/read-event.ts";
import { replay } from "../replay/replay.ts";
import { loadSite, NO_SITE_FILES, type Site } from "../site.ts";

/** What came of one test: null where the rule did what was expected. */
export interface RuleTestResult {
  name: string;
  problem: string | null;
}

const ORIGIN = { source: "test", tenants: null, digest: createDigest("rule test") };

/**
 * Runs a rule's own tests, the rule alone, through the very pipeline that runs live: on the shipped
 * prices, and who owns what stands in the test.
 */
export async function runRuleTests(rule: CompiledRule): Promise<RuleTestResult[]> {
  const program = createProgram([rule], DEFAULT_IMPACT);
  const site = await loadSite(NO_SITE_FILES);
  const results: RuleTestResult[] = [];
  for (const test of rule.rule.tests) {
    const { findings } = await replay(program, resolve(test, site));
    results.push({ name: test.name, problem: compare(findings, test.expect) });
  }
  return results;
}

async function* resolve(test: RuleTest, site: Site): AsyncGenerator<ResolvedEvent[]> {
  const directory = createDirectory(test.identities);
  const resolution = { ...site, ownership: { ...site.ownership, directory } };
  const window = createSortWindow<ResolvedEvent>();
  for (const payload of testEvents(test)) {
    const read = readEvent(payload, ORIGIN, resolution);
    if (isProblem(read)) throw new Error(`${test.name}: ${read.path}: ${read.message}`);
    window.push(read);
  }
  yield window.take(true);
}

function compare(findings: readonly Finding[], expect: RuleTest["expect"]): string | null {
  if (findings.length !== expect.alert) {
    return `expected ${expect.alert} findings, got ${findings.length}`;
  }
  for (const { severity, subject } of findings) {
    if (expect.severity && severity !== expect.severity) {
      return `expected severity ${expect.severity}, got ${severity}`;
    }
    const entities = [subject.identity, subject.flow, subject.credential];
    if (expect.entity && !entities.includes(expect.entity)) {
      return `expected entity ${expect.entity}, got ${entities.join(", ")}`;
    }
  }
  return null;
}
