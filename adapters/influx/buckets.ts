import { DAY, SECOND } from "#core/time.ts";

export type BucketRole = "usage_1m" | "usage_1h" | "baseline_band" | "baseline";

/** A bucket the series need. */
export interface WantedBucket {
  role: BucketRole;
  name: string;
  /** Seconds; 0 keeps everything. */
  retention: number;
}

const DAYS: Record<BucketRole, number> = {
  usage_1m: 30,
  usage_1h: 400,
  baseline_band: 400,
  // Profiles stand at a week of the year 2000, which any retention would refuse.
  baseline: 0,
};

/**
 * The buckets of one installation. Retention follows the wall clock: an installation that takes in
 * history needs `keepForever`, or the server refuses what is older.
 */
export function wantedBuckets(prefix: string, keepForever = false): WantedBucket[] {
  return (Object.keys(DAYS) as BucketRole[]).map((role) => ({
    role,
    name: bucketName(prefix, role),
    retention: keepForever ? 0 : (DAYS[role] * DAY) / SECOND,
  }));
}

export function bucketName(prefix: string, role: BucketRole): string {
  return `${prefix}${role}`;
}
