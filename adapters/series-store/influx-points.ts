import type { BandPoint } from "#core/pipeline/outputs.ts";
import type { Rollup } from "#core/pipeline/rollup.ts";
import { type EventTime, MINUTE } from "#core/time.ts";
import type { RowOf } from "#adapters/influx/client.ts";
import { type Point, wholeNumber } from "#adapters/influx/line.ts";
import { fromTagText, toTagText } from "#adapters/influx/tag-text.ts";
import { ROLLUP_COUNTS, ROLLUP_DIMENSIONS } from "./keys.ts";

/** Integer fields that add up over windows, in the order they are read back. */
export const SUMMED_FIELDS = [...ROLLUP_COUNTS, "cost_pico"] as const;

export const BAND_FIELDS = ["observed", "expected", "low", "high", "samples"] as const;

const NANOS_PER_MILLI = 1_000_000n;
const NANOS_PER_MINUTE = BigInt(MINUTE) * NANOS_PER_MILLI;

/**
 * A rollup as a point of `usage_1m`. A window that was opened again stands beside the first one, a few
 * nanoseconds later in the same minute: every sum over the minute holds both, without one more tag.
 */
export function fromRollup(rollup: Rollup): Point {
  const counts = SUMMED_FIELDS.map((name) => {
    const value = name === "cost_pico" ? rollup.cost : wholeNumber(rollup[name], name);
    return [name, value] as const;
  });
  const seq = wholeNumber(rollup.segment, "segment");
  return {
    measurement: "usage_1m",
    tags: ROLLUP_DIMENSIONS.map((name) => [name, toTagText(rollup[name], name)] as const),
    fields: [...counts, ["seq", seq]],
    time: nanosOf(rollup.start) + offsetOf(seq),
  };
}

export const ROLLUP_COLUMNS = ["_time", ...ROLLUP_DIMENSIONS, "seq", ...SUMMED_FIELDS] as const;

export function toRollup(row: RowOf<typeof ROLLUP_COLUMNS>): Rollup {
  const [at, tenant, identity, credential, model, environment, team, costCenter, ...rest] = row;
  const [seq, calls, errors, retries, input, output, cached, unpriced, cost] = rest;
  const time = Date.parse(at);
  return {
    tenant: fromTagText(tenant),
    identity: fromTagText(identity),
    credential: fromTagText(credential),
    model: fromTagText(model),
    environment: fromTagText(environment),
    team: fromTagText(team),
    cost_center: fromTagText(costCenter),
    start: time - (time % MINUTE),
    segment: Number(seq),
    calls: Number(calls),
    errors: Number(errors),
    retries: Number(retries),
    input_tokens: Number(input),
    output_tokens: Number(output),
    cached_input_tokens: Number(cached),
    cost: BigInt(cost),
    unpriced_calls: Number(unpriced),
  };
}

export function fromBand(point: BandPoint): Point {
  const { tenant, identity, metric, start, observed, expected, low, high, samples } = point;
  return {
    measurement: "baseline_band",
    tags: [
      ["tenant", toTagText(tenant, "tenant")],
      ["identity", toTagText(identity, "identity")],
      ["metric", metric],
    ],
    fields: [
      ["observed", observed],
      ["expected", expected],
      ["low", low],
      ["high", high],
      ["samples", wholeNumber(samples, "samples")],
    ],
    time: nanosOf(start),
  };
}

export const BAND_COLUMNS = ["_time", "tenant", "identity", "metric", ...BAND_FIELDS] as const;

export function toBand(row: RowOf<typeof BAND_COLUMNS>): BandPoint {
  const [at, tenant, identity, metric, observed, expected, low, high, samples] = row;
  return {
    tenant: fromTagText(tenant),
    identity: fromTagText(identity),
    metric: metric === "calls" ? "calls" : "cost_pico",
    start: Date.parse(at),
    observed: Number(observed),
    expected: Number(expected),
    low: Number(low),
    high: Number(high),
    samples: Number(samples),
  };
}

export function nanosOf(at: EventTime): bigint {
  return wholeNumber(at, "time") * NANOS_PER_MILLI;
}

/** 0 for the first window; else inside the minute and apart for any two sequences less than 60 billion apart. */
function offsetOf(seq: bigint): bigint {
  return seq === 0n ? 0n : 1n + ((seq - 1n) % (NANOS_PER_MINUTE - 1n));
}
