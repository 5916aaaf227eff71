import { z } from "zod";
import { defineDetector, type Signal } from "#core/detector.ts";
import { createProgram, type Program } from "#core/pipeline/program.ts";
import type { RuleFile } from "#core/rules/rule.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { HOUR } from "#core/time.ts";

/**
 * A detector that signals exactly where a test says so: on every event with `extra.signal`, about the
 * event's identity, with that number as the fact `size` and as its level, all of the cost in excess.
 */
export const probe = defineDetector<object, { steps: number }>({
  id: "probe",
  version: 1,
  summary: "Signals where a test says so.",
  params: z.strictObject({}),
  facts: { size: "what the test says", baseline: "where the expectation came from" },
  reasons: { told: "The test said so." },
  key: ({ event }) => (event.extra?.["signal"] === undefined ? null : "all"),
  init: () => ({ steps: 0 }),
  step(state, { event, at, cost }): readonly Signal[] {
    state.steps += 1;
    const size = Number(event.extra?.["signal"]);
    const source = String(event.extra?.["source"] ?? "own");
    return [
      {
        entity: { type: "identity", id: event.identity!.id! },
        reason: "told",
        score: 1,
        level: size,
        since: at,
        calls: 1,
        observed: cost,
        expected: 0n,
        unpriced: cost === null ? 1 : 0,
        eventIds: [event.id],
        facts: { size, baseline: { source, n: 1 } },
      },
    ];
  },
  idle: () => false,
});

const RULE: RuleFile = {
  id: "usage-anomaly.probe",
  version: 3,
  status: "test",
  name: "Probe",
  family: "usage-anomaly",
  detector: "probe",
  params: {},
  severity: "low",
  confidence: 0.8,
  levels: [{ when: { size: { gte: 5 } }, severity: "high" }],
  episode: { quiet: 6 * HOUR },
  title: "{subject.identity} by {facts.size}",
  explanation: "{showback.excess} too much",
  mappings: {
    attack: [],
    atlas: ["AML.T0034"],
    owasp_llm: [],
    owasp_agentic: [],
    owasp_nhi: [],
    csf: [],
    ai_rmf: [],
  },
  false_positives: ["A test."],
  triage: " Look. ",
  respond: "Act.",
  references: [],
  tests: [],
};

export function probeRule(changes: Partial<RuleFile> = {}): RuleFile {
  return { ...RULE, ...changes };
}

/** A program of probe rules only. */
export function probeProgram(...rules: Partial<RuleFile>[]): Program {
  const compiled = (rules.length > 0 ? rules : [{}]).map((changes) => ({
    rule: probeRule(changes),
    detector: probe,
    params: {},
  }));
  return createProgram(compiled, DEFAULT_IMPACT);
}
