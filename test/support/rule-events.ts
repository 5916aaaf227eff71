import { isProblem } from "#core/event-check.ts";
import { flowRoot } from "#core/event.ts";
import type { Observed } from "#core/detector.ts";
import { createDirectory } from "#core/identity.ts";
import { createDigest } from "#core/privacy.ts";
import { isBefore, type ResolvedEvent } from "#core/pipeline/sort-window.ts";
import type { RuleTest } from "#core/rules/rule.ts";
import { testEvents } from "#core/rules/test-events.ts";
import { readEvent } from "#services/ingest/read-event.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";

const SITE = await loadSite(NO_SITE_FILES);
const ORIGIN = { source: "test", tenants: null, digest: createDigest("rule test") };

/** The events of a rule's own test, read, owned and priced, in clean order. */
export function resolvedTest(test: RuleTest): ResolvedEvent[] {
  const directory = createDirectory(test.identities);
  const resolution = { ...SITE, ownership: { ...SITE.ownership, directory } };
  const events = testEvents(test).map((payload) => {
    const read = readEvent(payload, ORIGIN, resolution);
    if (isProblem(read)) throw new Error(`${test.name}: ${read.path}: ${read.message}`);
    return read;
  });
  return events.toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
}

/** A resolved event as detectors see it. */
export function toObserved({ at, event, cost }: ResolvedEvent): Observed {
  return { at, event, cost, flow: flowRoot(event) };
}
