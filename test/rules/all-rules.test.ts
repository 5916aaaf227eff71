import { basename, dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import type { MachineEntry } from "#core/finding/finding-log.ts";
import { createProgram, type Program } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { PartitionState } from "#core/pipeline/state.ts";
import type { RuleTest } from "#core/rules/rule.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { formatTime, HOUR, MINUTE } from "#core/time.ts";
import { DETECTORS } from "#detectors/index.ts";
import { replay } from "#services/replay/replay.ts";
import { checkRules, loadRules, readRuleSources, SHIPPED_RULES } from "#services/rules/load.ts";
import { runRuleTests } from "#services/rules/run-tests.ts";
import { findingsOf, startFold } from "#test/support/fold-run.ts";
import { resolvedTest } from "#test/support/rule-events.ts";
import { createRandom } from "#test/support/random.ts";
import { delayed, sortedByWindow } from "#test/support/streams.ts";

const RULES = loadRules();

describe("shipped rules", () => {
  it("compile without a problem, every one of them", () => {
    const { rules, problems } = checkRules([SHIPPED_RULES]);
    expect(problems).toEqual([]);
    expect(rules).toHaveLength(readRuleSources([SHIPPED_RULES]).length);
    expect(rules.length).toBeGreaterThan(0);
  });

  it("lie in the folder of their family under their own name", () => {
    for (const { file, text } of readRuleSources([SHIPPED_RULES])) {
      const id = /^id: (.+)$/m.exec(text)?.[1];
      expect(id).toBe(`${basename(dirname(file))}.${basename(file, ".yml")}`);
    }
  });

  it("use every detector there is", () => {
    const named = RULES.filter(({ rule }) => rule.detector !== undefined);
    const used = new Set(named.map(({ detector }) => detector.id));
    expect(used).toEqual(new Set(DETECTORS.map(({ id }) => id)));
    expect(used.size).toBe(DETECTORS.length);
  });
});

describe.each(RULES.map((rule) => [rule.rule.id, rule] as const))("%s", (_, compiled) => {
  const { rule } = compiled;
  const program = createProgram([compiled], DEFAULT_IMPACT);
  const attacks = rule.tests.filter(({ kind }) => kind === "true_positive");

  async function findingsIn(events: readonly ResolvedEvent[]): Promise<Finding[]> {
    const copies = events.map((event) => ({ ...event, event: structuredClone(event.event) }));
    return (await replay(program, inOne(copies))).findings;
  }

  it("passes its own tests", async () => {
    const results = await runRuleTests(compiled);
    expect(results.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(results.map(({ name }) => name)).toEqual(rule.tests.map(({ name }) => name));
  });

  it("shows an attack, a benign look-alike and what is just below", () => {
    const alerts = (kind: RuleTest["kind"]) =>
      rule.tests.filter((test) => test.kind === kind).map(({ expect: { alert } }) => alert);
    expect(alerts("true_positive").every((alert) => alert > 0)).toBe(true);
    for (const kind of ["benign_lookalike", "just_below"] as const) {
      expect(alerts(kind).length).toBeGreaterThan(0);
      expect(alerts(kind).every((alert) => alert === 0)).toBe(true);
    }
    expect(new Set(rule.tests.map(({ name }) => name)).size).toBe(rule.tests.length);
  });

  it("tells a person what to do, and where frameworks file it", () => {
    for (const text of [rule.name, rule.title, rule.explanation, rule.triage, rule.respond]) {
      expect(text.trim()).not.toBe("");
    }
    expect(Object.values(rule.mappings).flat().length).toBeGreaterThan(0);
  });

  it.each(attacks.map((test) => [test.name, test] as const))(
    "%s: writes a finding without gaps",
    async (_name, test) => {
      for (const { title, explanation } of await findingsIn(resolvedTest(test))) {
        expect(`${title} ${explanation}`).not.toMatch(/[{}]|NaN|undefined|Infinity/);
      }
    },
  );

  it.each(attacks.map((test) => [test.name, test] as const))(
    "%s: finds the same where every event comes twice",
    async (_name, test) => {
      const events = resolvedTest(test);
      const straight = await findingsIn(events);
      expect(straight).toHaveLength(test.expect.alert);
      expect(await findingsIn(events.flatMap((event) => [event, event]))).toEqual(straight);
    },
  );

  it.each(attacks.map((test) => [test.name, test] as const))(
    "%s: finds the same across a restart in the middle",
    (_name, test) => {
      const events = resolvedTest(test);
      const straight = folded(program, events, null);
      expect(findingsOf(straight)).toHaveLength(test.expect.alert);
      expect(folded(program, events, Math.floor(events.length / 2))).toEqual(straight);
    },
  );

  // A rule about tenants is learning while all of them begin.
  const apart = rule.entity === "tenant" ? [] : attacks;
  it.each(apart.map((test) => [test.name, test] as const))(
    "%s: keeps two tenants apart that do the same at once",
    async (_name, test) => {
      const events = resolvedTest(test);
      const both = events.flatMap((event) => [event, inTenant(event, "another")]);
      const findings = await findingsIn(both);
      expect(findings).toHaveLength(2 * test.expect.alert);
      const alone = await findingsIn(events);
      const { tenant } = events[0]!.event;
      expect(findings.filter((finding) => finding.tenant === tenant)).toEqual(alone);
    },
  );

  const { type } = rule.correlate ?? {};
  const spread = type === undefined || type === "first_seen" ? [] : attacks;
  it.each(spread.map((test) => [test.name, test] as const))(
    "%s: is silent where the attack is spread over far more than the window",
    async (_name, test) => {
      expect(await findingsIn(stretched(test))).toEqual([]);
    },
  );

  it.each(attacks.map((test) => [test.name, test] as const))(
    "%s: finds the same where lines stand up to a minute out of order",
    async (_name, test) => {
      const events = resolvedTest(test);
      const straight = await findingsIn(events);
      for (let seed = 1; seed <= 3; seed++) {
        const late = delayed(createRandom(seed), events);
        expect(await findingsIn(sortedByWindow(late))).toEqual(straight);
      }
    },
  );
});

/** Finding entries of a fold with ticks; at the given place the state is stored and read again. */
function folded(
  program: Program,
  events: readonly ResolvedEvent[],
  restart: number | null,
): MachineEntry[] {
  let run = startFold(program);
  run.state.started = events[0]!.at;
  const entries: MachineEntry[] = [];
  const parts = restart === null ? [events] : [events.slice(0, restart), events.slice(restart)];
  for (const part of parts) {
    const state = deserialize(serialize(run.state)) as PartitionState;
    run = startFold(program, state);
    for (const event of part) {
      run.tick(Math.floor(event.at / MINUTE) * MINUTE);
      run.event(event);
    }
    entries.push(...run.outputs.findings);
  }
  return entries;
}

function inTenant(resolved: ResolvedEvent, tenant: string): ResolvedEvent {
  return { ...resolved, event: { ...structuredClone(resolved.event), tenant } };
}

/** The test's events with an hour between any two, each in its own order. */
function stretched(test: RuleTest): ResolvedEvent[] {
  return resolvedTest(test).map((resolved, i) => {
    const at = resolved.at + i * HOUR;
    return { ...resolved, at, event: { ...resolved.event, time: formatTime(at) } };
  });
}

async function* inOne(events: ResolvedEvent[]): AsyncGenerator<ResolvedEvent[]> {
  yield events;
}
