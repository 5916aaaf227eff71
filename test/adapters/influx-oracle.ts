import type { Rollup } from "#core/pipeline/rollup.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import { createMemorySeriesStore } from "#adapters/series-store/memory.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { NOON, rollup } from "#test/support/rollup.ts";
import type { Random } from "#test/support/random.ts";

/** Windows of a few identities over some hours, some of them opened again. */
export function windows(count: number, random: Random): Rollup[] {
  return Array.from({ length: count }, (_, i) =>
    rollup({
      tenant: `tenant-${i % 3}`,
      identity: `svc-${random.below(7)}`,
      model: `model-${i % 2}`,
      start: NOON + Math.floor(i / 6) * MINUTE,
      segment: random.below(10) === 0 ? 1 + random.below(2 ** 40) : 0,
      calls: 1,
      cost: BigInt(random.below(2 ** 31)) * 1_000_003n,
    }),
  );
}

/** Both stores hold the same minutes, and their hours and quarters add up to the same. */
export async function sameSeries(
  store: SeriesStore,
  written: readonly Rollup[],
): Promise<{
  found: unknown;
  wanted: unknown;
}> {
  const oracle = createMemorySeriesStore();
  await oracle.writeRollups(written);
  const range = { from: NOON - DAY, to: NOON + 30 * DAY };
  const tenants = [...new Set(written.map(({ tenant }) => tenant))];
  const look = async (series: SeriesStore): Promise<unknown> => ({
    minutes: await series.rollups(range.from, range.to),
    timelines: await Promise.all(
      tenants.flatMap((tenant) =>
        [15 * MINUTE, HOUR, 3 * HOUR].map((step) =>
          series.timeline({ tenants: [tenant], where: {}, by: [], ...range, step }),
        ),
      ),
    ),
  });
  return { found: await look(store), wanted: await look(oracle) };
}
