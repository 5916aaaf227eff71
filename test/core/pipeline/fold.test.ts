import { describe, expect, it } from "vitest";
import { baselineOf } from "#core/baseline/hour-series.ts";
import type { UsageEvent } from "#core/event.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { TenantState } from "#core/pipeline/state.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { ALLOWED_LATENESS, DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { type FoldRun, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probeProgram } from "#test/support/probe.ts";

const SIGNAL = { extra: { signal: 1 } };

function call(run: FoldRun, offset: EventTime, event: Overrides<UsageEvent> = {}): void {
  run.event(resolvedAt(START + offset, event));
}

const tenantOf = (run: FoldRun, name = "acme"): TenantState => run.state.tenants.get(name)!;
const calls = (run: FoldRun): number =>
  [...run.outputs.rollups].reduce((sum, window) => sum + window.calls, 0);
const steps = (run: FoldRun): number => {
  const states = tenantOf(run).detectors.get("usage-anomaly.probe")?.states;
  return (states?.get("all") as { steps: number } | undefined)?.steps ?? 0;
};

describe("fold", () => {
  it("counts a repeated event once, in rollups and for detectors", () => {
    const run = startFold(probeProgram());
    for (let i = 0; i < 3; i++) call(run, 0, { id: "same", ...SIGNAL });
    expect([calls(run), steps(run)]).toEqual([1, 1]);
  });

  it("counts a reused id with other content, and says so", () => {
    const run = startFold(probeProgram());
    call(run, 0, { id: "same", ...SIGNAL });
    call(run, 0, { id: "same", usage: { input_tokens: 7 }, ...SIGNAL });
    expect([calls(run), steps(run)]).toEqual([2, 2]);
    run.tick(START + HOUR);
    expect(run.outputs.findings.at(-1)?.body.showback.quality).toEqual(["dup.conflict"]);
  });

  it("takes a revision for facts, not for usage", () => {
    const run = startFold(probeProgram());
    call(run, 0, { id: "same", ...SIGNAL });
    call(run, 0, { id: "same", revision: 1, usage: { input_tokens: 7 }, ...SIGNAL });
    expect([calls(run), steps(run)]).toEqual([1, 1]);
  });

  it("keeps audit records out of usage", () => {
    const run = startFold(probeProgram());
    call(run, 0, { type: "audit", ...SIGNAL });
    expect([calls(run), steps(run)]).toEqual([0, 0]);
  });

  it("shows audit records to the detectors that ask for them, and counts them nowhere", () => {
    const program = probeProgram();
    const asking = {
      ...program.rules[0]!,
      detector: { ...program.rules[0]!.detector, audits: true },
    };
    const run = startFold(createProgram([asking], DEFAULT_IMPACT));
    call(run, 0, { type: "audit", audit: { action: "logging.disabled" }, ...SIGNAL });
    call(run, HOUR, { type: "audit", audit: { action: "model.listed" } });
    expect([calls(run), steps(run)]).toEqual([0, 1]);
    const { series, admin } = tenantOf(run).identities.get("svc-chat")!;
    expect(series.calls.hour).toBe(-1);
    expect(admin).toEqual([
      { action: "logging.disabled", at: START },
      { action: "model.listed", at: START + HOUR },
    ]);
  });

  it("remembers what an identity administered for a day, and not more than 32 actions", () => {
    const run = startFold(probeProgram());
    const act = (offset: EventTime): void =>
      call(run, offset, { type: "audit", audit: { action: "key.created" } });
    act(0);
    for (let i = 0; i < 40; i++) act(HOUR + i * MINUTE);
    const admin = (): number => tenantOf(run).identities.get("svc-chat")!.admin.length;
    expect(admin()).toBe(32);
    act(2 * DAY);
    expect(admin()).toBe(1);
  });

  it("shows detectors what is ten minutes late, and counts what is later", () => {
    const run = startFold(probeProgram());
    call(run, HOUR, SIGNAL);
    call(run, HOUR - ALLOWED_LATENESS, SIGNAL);
    expect(steps(run)).toBe(2);
    call(run, HOUR - ALLOWED_LATENESS - 1, SIGNAL);
    expect([calls(run), steps(run)]).toEqual([3, 2]);
  });

  it("does not let an event of the future make all others late", () => {
    const run = startFold(probeProgram());
    call(run, 0, SIGNAL);
    call(run, 20 * HOUR, { ...SIGNAL, quality: ["time.skew"] });
    call(run, MINUTE, SIGNAL);
    expect([calls(run), steps(run)]).toEqual([3, 2]);
    expect(tenantOf(run).newest).toBe(START + MINUTE);
  });

  it("measures lateness within the tenant", () => {
    const run = startFold(probeProgram());
    call(run, DAY, { tenant: "beta" });
    call(run, 0, SIGNAL);
    expect(steps(run)).toBe(1);
  });

  it("knows of no tenant from a tick", () => {
    const run = startFold(probeProgram());
    run.tick(START);
    expect(run.state).toMatchObject({ sequence: 1, tenants: new Map() });
  });

  it("sums usage without an owner under no name, and learns no baseline of it", () => {
    const run = startFold(probeProgram());
    for (let hour = 0; hour < 4; hour++) call(run, hour * HOUR, { identity: undefined });
    const { identities, rollups } = tenantOf(run);
    expect(baselineOf(identities.get("_none")!.series.calls).activeHours).toBe(0);
    expect([...rollups.values()].every((minute) => minute.has("_none"))).toBe(true);
    expect(rollups.size).toBeGreaterThan(0);
    expect(run.outputs.bands).toEqual([]);
  });

  it("lets go of an identity on the day 35 days after its last event are over", () => {
    const run = startFold(probeProgram());
    call(run, 0);
    call(run, 35 * DAY, { identity: { id: "other" } });
    expect(tenantOf(run).identities.has("svc-chat")).toBe(true);
    call(run, 36 * DAY, { identity: { id: "other" } });
    expect([...tenantOf(run).identities.keys()]).toEqual(["other"]);
  });

  it("takes up a detector's state only in the version it was written in", () => {
    const program = probeProgram();
    const run = startFold(program);
    call(run, 0, SIGNAL);
    call(run, MINUTE, SIGNAL);
    const newer = { ...program.rules[0]!, detector: { ...program.rules[0]!.detector, version: 2 } };
    const after = startFold(createProgram([newer], DEFAULT_IMPACT), run.state);
    call(after, 2 * MINUTE, SIGNAL);
    expect(steps(after)).toBe(1);
  });
});

describe("baseline layer", () => {
  it("draws a band of each ended hour against what was known while it ran", () => {
    const run = startFold(probeProgram());
    for (const hour of [0, 0, 1, 6, 6, 6, 9]) call(run, hour * HOUR, { cost: { amount: "1" } });
    const bands = run.outputs.bands.filter(({ metric }) => metric === "calls");
    expect(
      bands.map(({ start, observed, high, samples }) => [
        (start - START) / HOUR,
        observed,
        high,
        samples,
      ]),
    ).toEqual([
      [0, 2, 0, 0],
      [1, 1, 0, 0],
      [6, 3, 2, 1],
    ]);
    const spend = run.outputs.bands.filter(({ metric }) => metric === "cost_pico");
    expect(spend.map(({ observed, high }) => [observed / 1e12, high / 1e12])).toEqual([
      [2, 0],
      [1, 0],
      [3, 2],
    ]);
  });

  /** Peak of calls after ten busy hours that begin like any other. */
  const peakAfter = (event: Overrides<UsageEvent>): number => {
    const run = startFold(
      probeProgram({ severity: "low", levels: [{ when: { size: 5 }, severity: "medium" }] }),
    );
    for (let hour = 0; hour < 30; hour++) {
      const isBusy = hour >= 20 && hour < 28;
      for (let i = 0; i < (isBusy ? 50 : 2); i++) call(run, hour * HOUR + i, isBusy ? event : {});
    }
    return baselineOf(tenantOf(run).identities.get("svc-chat")!.series.calls).peak;
  };

  it("learns a busy day on which nobody has a word to say", () => {
    expect(peakAfter({})).toBe(50);
  });

  it("keeps the baseline unchanged while an episode is open", () => {
    expect(peakAfter({ extra: { signal: 5 } })).toBe(2);
  });

  it("learns on under an episode of low severity", () => {
    expect(peakAfter({ extra: { signal: 1 } })).toBe(50);
  });
});
