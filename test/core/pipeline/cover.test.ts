import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import { createProgram, type Program } from "#core/pipeline/program.ts";
import type { RuleFile } from "#core/rules/rule.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { DAY, type EventTime, formatTime, HOUR, MINUTE } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { findingsOf, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probe, probeProgram } from "#test/support/probe.ts";

/** A rule that hears only the signals a test gives its name. */
function named(name: string, rule: Partial<RuleFile>): Program["rules"][number] {
  const { rules } = probeProgram({ ...rule, id: `${rule.family}.${name}` });
  const key: typeof probe.key = ({ event }) => (event.extra?.["to"] === name ? "all" : null);
  return { ...rules[0]!, detector: { ...probe, key } };
}

const WHOLE = named("whole", {
  family: "llmjacking",
  covers: ["usage-anomaly"],
  severity: "medium",
});
const PART = named("part", {
  family: "usage-anomaly",
  severity: "low",
  levels: [{ when: { size: { gte: 5 } }, severity: "high" }],
});
const PROGRAM = createProgram([WHOLE, PART], DEFAULT_IMPACT);

type Step = [to: string, offset: EventTime, size?: number, event?: Overrides<UsageEvent>];

function found(...steps: Step[]): Finding[] {
  const run = startFold(PROGRAM);
  for (const [to, offset, size = 1, event = {}] of steps) {
    run.event(resolvedAt(START + offset, { extra: { to, signal: size }, ...event }));
  }
  run.tick(START + 30 * DAY);
  return findingsOf(run.outputs.findings);
}
const families = (...steps: Step[]): string[] => found(...steps).map(({ family }) => family);

describe("a covering finding", () => {
  it("keeps its components on the same identity from opening their own", () => {
    expect(families(["whole", 0], ["part", MINUTE], ["part", HOUR])).toEqual(["llmjacking"]);
  });

  it("tells which components joined it", () => {
    const [whole] = found(["whole", 0], ["part", MINUTE], ["whole", HOUR], ["part", HOUR]);
    expect(whole?.facts["signals"]).toEqual({
      "llmjacking.whole": formatTime(START),
      "usage-anomaly.part": formatTime(START + MINUTE),
    });
  });

  it("hides nothing that is worse", () => {
    expect(families(["whole", 0], ["part", MINUTE, 5])).toEqual(["llmjacking", "usage-anomaly"]);
    const [, worse] = found(["whole", 0], ["part", MINUTE, 5]);
    expect(worse?.related).toHaveLength(1);
  });

  it("says nothing of others", () => {
    const other = { identity: { id: "other", credential: "fp-2" } };
    expect(families(["whole", 0], ["part", MINUTE, 1, other])).toHaveLength(2);
  });

  it("knows the same credential under another identity", () => {
    const other = { identity: { id: "other" } };
    expect(families(["whole", 0], ["part", MINUTE, 1, other])).toEqual(["llmjacking"]);
  });

  it("is related to a component that was there before, which goes on", () => {
    const [part, whole] = found(["part", 0], ["whole", MINUTE], ["part", HOUR]);
    expect(whole?.related).toEqual([part?.id]);
    expect(part?.evidence.events).toBe(2);
  });

  it("covers nothing once it is over", () => {
    expect(families(["whole", 0], ["part", 7 * HOUR])).toEqual(["llmjacking", "usage-anomaly"]);
  });
});
