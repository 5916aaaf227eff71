import { add, hold, roll } from "#core/baseline/hour-series.ts";
import { scoreEnded } from "#core/baseline/rare-hours.ts";
import type { Detector, DetectorContext, Observed, Signal } from "#core/detector.ts";
import { createIdentityState } from "#core/pipeline/state.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { ALLOWED_LATENESS } from "#core/time.ts";

/** A detector being fed event by event, with the baseline layer around it and states by key. */
export interface DetectorDrive {
  readonly states: Map<string, unknown>;
  feed(observed: Observed): readonly Signal[];
}

/**
 * Runs one detector alone, as the fold would: the hour is counted, the detector sees the event, and
 * an hour it signals is kept out of the baseline as under an open episode.
 */
export function driveDetector(detector: Detector, params: unknown = {}): DetectorDrive {
  const checked = detector.params.parse(params);
  const states = new Map<string, unknown>();
  const identities = new Map<string, ReturnType<typeof createIdentityState>>();
  const contextOf = ({ event, at, cost }: Observed): DetectorContext => {
    const id = event.identity?.id;
    const begun = { impact: DEFAULT_IMPACT, started: null, tenantSince: 0 };
    if (id === undefined) return { series: null, admin: [], ...begun };
    const identity = identities.get(id) ?? createIdentityState();
    identities.set(id, identity);
    const { admin } = identity;
    if (event.type === "audit") {
      if (event.audit?.action !== undefined) admin.push({ action: event.audit.action, at });
      return { series: identity.series, admin, ...begun };
    }
    scoreEnded(identity.series.rare, identity.series.calls, at, ALLOWED_LATENESS);
    roll(identity.series.calls, at);
    roll(identity.series.spend, at);
    add(identity.series.calls, at, 1);
    if (cost !== null) add(identity.series.spend, at, Number(cost));
    return { series: identity.series, admin, ...begun };
  };
  return {
    states,
    feed(observed) {
      const context = contextOf(observed);
      const key = detector.key(observed, checked);
      if (key === null) return [];
      if (!states.has(key)) {
        if (detector.begins && !detector.begins(observed, context)) return [];
        states.set(key, detector.init(checked));
      }
      const signals = detector.step(states.get(key), observed, checked, context);
      if (signals.length > 0 && context.series) {
        hold(context.series.calls);
        hold(context.series.spend);
      }
      return signals;
    },
  };
}

/** Every signal of a stream, with the place of the event that brought it. */
export function signalsOf(
  detector: Detector,
  stream: readonly Observed[],
  params: unknown = {},
): (Signal & { index: number })[] {
  const drive = driveDetector(detector, params);
  return stream.flatMap((observed, index) =>
    drive.feed(observed).map((signal) => Object.assign({}, signal, { index })),
  );
}

/** Exact sum of what the calls cost. */
export function costOfAll(stream: readonly Observed[]): bigint {
  return stream.reduce((sum, { cost }) => sum + (cost ?? 0n), 0n);
}

/** What signals add up to. */
export function sumOf(signals: readonly Signal[]): {
  calls: number;
  observed: bigint;
  expected: bigint;
  unpriced: number;
} {
  return signals.reduce(
    (sum, signal) => ({
      calls: sum.calls + signal.calls,
      observed: sum.observed + (signal.observed ?? 0n),
      expected: sum.expected + signal.expected,
      unpriced: sum.unpriced + signal.unpriced,
    }),
    { calls: 0, observed: 0n, expected: 0n, unpriced: 0 },
  );
}
