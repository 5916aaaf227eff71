import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import {
  forgetRollups,
  NONE,
  type Rollup,
  ROLLUP_RETENTION,
  rollUp,
  type RollupWindows,
} from "#core/pipeline/rollup.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createProgram } from "#core/pipeline/program.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { formatTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { startFold } from "#test/support/fold-run.ts";
import { observedAt, resolvedAt, START } from "#test/support/observed.ts";

describe("rollup", () => {
  it("opens a window by identity, credential, model, environment, team and cost centre", () => {
    const window = rollUp(new Map(), observedAt(START + 61 * SECOND), START, 1);
    expect(window).toEqual({
      tenant: "acme",
      identity: "svc-chat",
      credential: "fp-1",
      model: "claude-sonnet-4-5",
      environment: "production",
      team: "assist",
      cost_center: "cc-100",
      start: START + MINUTE,
      segment: 0,
      calls: 1,
      errors: 0,
      retries: 0,
      input_tokens: 1_000,
      output_tokens: 200,
      cached_input_tokens: 0,
      cost: 6_000_000_000n,
      unpriced_calls: 0,
    });
  });

  it("names what is not known", () => {
    const bare = { identity: undefined, attribution: undefined, model: undefined };
    expect(rollUp(new Map(), observedAt(START, bare), START, 1)).toMatchObject({
      identity: NONE,
      credential: NONE,
      model: NONE,
      environment: NONE,
      team: NONE,
      cost_center: NONE,
    });
  });

  it.each([
    ["ok", 0],
    ["cache_hit", 0],
    ["error", 1],
    ["throttled", 1],
    ["denied", 1],
    ["blocked", 1],
    ["cancelled", 1],
    [undefined, 0],
  ] as const)("counts the status %s as %i errors", (status, errors) => {
    const observed = observedAt(START, { outcome: { status } });
    expect(rollUp(new Map(), observed, START, 1).errors).toBe(errors);
  });

  it("counts a call without a price apart from a free one", () => {
    const windows: RollupWindows = new Map();
    rollUp(windows, observedAt(START, { cost: undefined }), START, 1);
    const window = rollUp(windows, observedAt(START, { cost: { amount: "0" } }), START, 2);
    expect(window).toMatchObject({ calls: 2, unpriced_calls: 1, cost: 0n });
  });

  it("goes on with a window in memory and opens a segment where it was let go", () => {
    const windows: RollupWindows = new Map();
    const first = rollUp(windows, observedAt(START), START, 1);
    forgetRollups(windows, START + ROLLUP_RETENTION);
    expect(rollUp(windows, observedAt(START), START + ROLLUP_RETENTION, 2)).toBe(first);
    forgetRollups(windows, START + ROLLUP_RETENTION + 1);
    expect(windows.size).toBe(0);
    const again = rollUp(windows, observedAt(START), START + ROLLUP_RETENTION + 1, 3);
    expect(again).toMatchObject({ start: START, segment: 3, calls: 1 });
    expect(first).toMatchObject({ segment: 0, calls: 2 });
  });

  it("adds up to what a plain grouping of the events says, however late they come", () => {
    fc.assert(
      fc.property(fc.array(call(), { minLength: 1, maxLength: 150 }), (calls) => {
        const events = calls.map(({ offset, ...fields }) => resolvedAt(START + offset, fields));
        const run = startFold(createProgram([], DEFAULT_IMPACT));
        for (const event of events) run.event(event);
        const windows = [...run.outputs.rollups];
        const places = windows.map((window) => JSON.stringify([keyOf(window), window.segment]));
        expect(new Set(places).size).toBe(windows.length);
        expect(sumWindows(windows)).toEqual(group(events));
      }),
      { numRuns: 60 },
    );
  });

  it("writes late calls to new segments, which the property above relies on", () => {
    const run = startFold(createProgram([], DEFAULT_IMPACT));
    for (const at of [START, START + 3 * HOUR, START, START]) run.event(resolvedAt(at));
    const segments = [...run.outputs.rollups].map(({ start, segment, calls }) => [
      start,
      segment,
      calls,
    ]);
    expect(segments).toEqual([
      [START, 0, 1],
      [START + 3 * HOUR, 0, 1],
      [START, 3, 2],
    ]);
  });
});

type Call = Overrides<UsageEvent> & { offset: number };

/** Calls spread over six hours in any order, of few keys and with all that is counted. */
function call(): fc.Arbitrary<Call> {
  const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | undefined> =>
    fc.constantFrom(undefined, ...values);
  return fc
    .record({
      offset: fc.nat(6 * HOUR),
      id: maybe(["a", "b"]),
      team: maybe(["red", "blue"]),
      environment: maybe(["production", "test"] as const),
      served: maybe(["m1"]),
      status: maybe(["ok", "error", "cache_hit"] as const),
      input_tokens: maybe([0, 7, 1_000]),
      retries: maybe([1, 3]),
      amount: maybe(["0", "0.000000000001", "12345.678901234567", "-1"]),
    })
    .map(({ offset, id, team, environment, served, status, input_tokens, retries, amount }) => ({
      // Few minutes, so that windows are shared.
      offset: offset - (offset % (20 * MINUTE)) + (offset % (2 * MINUTE)),
      // No flow: nothing is inherited.
      flow: undefined,
      identity: { id },
      attribution: { team, environment },
      model: { served },
      outcome: { status },
      usage: { input_tokens, retries },
      cost: amount === undefined ? undefined : { amount },
    }));
}

type Totals = Record<
  string,
  Pick<Rollup, "calls" | "errors" | "retries" | "input_tokens" | "cost" | "unpriced_calls">
>;

function keyOf(window: Rollup): string {
  const { tenant, identity, credential, model, environment, team, cost_center, start } = window;
  return [
    tenant,
    identity,
    credential,
    model,
    environment,
    team,
    cost_center,
    formatTime(start),
  ].join("|");
}

function sumWindows(windows: readonly Rollup[]): Totals {
  const totals: Totals = {};
  for (const window of windows) addTo(totals, keyOf(window), window);
  return totals;
}

/** The oracle: each event under its key, by hand. */
function group(events: readonly ResolvedEvent[]): Totals {
  const totals: Totals = {};
  for (const { at, event, cost } of events) {
    const { identity, attribution, model, usage, outcome } = event;
    const minute = new Date(at);
    minute.setUTCSeconds(0, 0);
    const key = [
      event.tenant,
      identity?.id ?? "_none",
      identity?.credential ?? "_none",
      model?.served ?? model?.requested ?? "_none",
      attribution?.environment ?? "_none",
      attribution?.team ?? "_none",
      attribution?.cost_center ?? "_none",
      minute.toISOString(),
    ].join("|");
    addTo(totals, key, {
      calls: 1,
      errors: outcome?.status === "error" ? 1 : 0,
      retries: usage?.retries ?? 0,
      input_tokens: usage?.input_tokens ?? 0,
      cost: cost ?? 0n,
      unpriced_calls: cost === null ? 1 : 0,
    });
  }
  return totals;
}

function addTo(totals: Totals, key: string, more: Totals[string]): void {
  const sum = totals[key];
  totals[key] = {
    calls: (sum?.calls ?? 0) + more.calls,
    errors: (sum?.errors ?? 0) + more.errors,
    retries: (sum?.retries ?? 0) + more.retries,
    input_tokens: (sum?.input_tokens ?? 0) + more.input_tokens,
    cost: (sum?.cost ?? 0n) + more.cost,
    unpriced_calls: (sum?.unpriced_calls ?? 0) + more.unpriced_calls,
  };
}
