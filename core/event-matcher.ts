import type { UsageEvent } from "./event.ts";
import { globPattern } from "./glob.ts";

/** Fields that patterns can be put on, and how each is read from an event. */
export type EventFields<F extends string> = Readonly<
  Record<F, (event: UsageEvent) => string | undefined>
>;

/** True for events whose named fields all match their patterns (`*` stands for any run of characters); an absent field is empty. */
export function createMatcher<F extends string>(
  fields: EventFields<F>,
  match: Readonly<Partial<Record<F, string>>>,
): (event: UsageEvent) => boolean {
  const tests = Object.entries<string | undefined>(match).flatMap(([field, glob]) =>
    glob === undefined ? [] : [{ read: fields[field as F], pattern: globPattern(glob) }],
  );
  return (event) => tests.every(({ read, pattern }) => pattern.test(read(event) ?? ""));
}
