import type { UsageEvent } from "./event.ts";
import { matchesGlob } from "./glob.ts";

/** True for events whose named fields all match their patterns (`*` stands for any run of characters); an absent field matches none. */
export function createMatcher<F extends string>(
  readerOf: (field: F) => (event: UsageEvent) => string | undefined,
  match: Readonly<Partial<Record<F, string>>>,
): (event: UsageEvent) => boolean {
  const tests = (Object.entries(match) as [F, string][]).map(([field, glob]) => ({
    read: readerOf(field),
    glob,
  }));
  return (event) =>
    tests.every(({ read, glob }) => {
      const value = read(event);
      return value !== undefined && matchesGlob(glob, value);
    });
}
