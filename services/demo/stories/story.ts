import type { Family } from "#core/finding/finding.ts";
import type { Severity } from "#core/severity.ts";
import type { EventTime } from "#core/time.ts";
import type { Call } from "../call.ts";
import { demoFrame, type DemoTime } from "../calendar.ts";
import type { Random } from "../random.ts";

/** Something that goes wrong in the demo week, and what a finding about it must say. */
export interface Story {
  /** Also the name its random numbers hang on. */
  name: string;
  family: Family;
  /** Null where nobody knows whose calls they are. */
  identity: string | null;
  /** The finding is at least so severe, with so much excess in USD. */
  severity: Severity;
  excess: number;
  start: DemoTime;
  end: DemoTime;
  /** What really happened, in one sentence. */
  truth: string;
  calls: (random: Random) => Call[];
}

/** When it happens in the demo that ends at `until`. */
export function storyTimes(story: Story, until: EventTime): { start: EventTime; end: EventTime } {
  const { start } = demoFrame(until);
  return { start: start + story.start, end: start + story.end };
}
