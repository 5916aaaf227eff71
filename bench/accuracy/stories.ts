import { median } from "simple-statistics";
import type { Finding } from "#core/finding/finding.ts";
import type { Program } from "#core/pipeline/program.ts";
import { HOUR, parseTime } from "#core/time.ts";
import { formatUsd } from "#core/money.ts";
import { createRandom } from "#services/demo/random.ts";
import { print } from "../figures.ts";
import { findingsIn } from "./findings.ts";
import {
  type ActivityClass,
  type Call,
  callsOf,
  CLASSES,
  ordinaryHours,
  START,
} from "./traffic.ts";

const SEED = 2;
const DAYS = 17;
export const EACH = 10;
const DAY = 24;
/** The own peak of the seven days before is what a story is measured by. */
const AT = 10 * DAY;

/** What is added to an identity's ordinary hours. */
export interface Story {
  name: string;
  /** Hours the story takes, and when it begins. */
  begins: number;
  ends: number;
  /** True: a finding that runs already counts, since the story repeats itself. */
  goesOn?: true;
  /** Added calls of an hour, from the own peak hour of the week before and the ordinary calls of the hour. */
  added(hour: number, peak: number, usual: number): number;
}

const surge = (times: number): Story => ({
  name: `surge of 6 h at ${times}x`,
  begins: AT,
  ends: AT + 6,
  added: (hour, peak) => (isIn(hour, AT, 6) ? times * peak : 0),
});

const isIn = (hour: number, begins: number, length: number): boolean =>
  hour >= begins && hour < begins + length;

export const STORIES: readonly Story[] = [
  surge(1),
  surge(3),
  surge(10),
  {
    name: "ramp of 20 % a day",
    begins: AT,
    ends: DAYS * DAY,
    added: (hour, _, usual) => usual * (1.2 ** (Math.floor((hour - AT) / DAY) + 1) - 1),
  },
  {
    name: "surge at 3x on day 6 after one on day 1",
    begins: 6 * DAY,
    ends: 6 * DAY + 6,
    added: (hour, peak) => (isIn(hour, 6 * DAY, 6) || isIn(hour, 30, 6) ? 3 * peak : 0),
  },
  {
    name: "3x for 6 h every day, still told on the 7th",
    goesOn: true,
    begins: AT + 6 * DAY,
    ends: AT + 6 * DAY + 6,
    added: (hour, peak) => (hour >= AT && hour % DAY < 6 ? 3 * peak : 0),
  },
  {
    name: "peak raised by 15 % a day, 4 h each",
    begins: AT,
    ends: DAYS * DAY,
    added: (hour, peak) =>
      hour >= AT && hour % DAY < 4 ? peak * 1.15 ** (Math.floor((hour - AT) / DAY) + 1) : 0,
  },
];

/** Tells of each story and class how many are found, and when, after how many calls and dollars. */
export function runStories(program: Program): void {
  print(`stories: ${EACH} each, ${DAYS} days, seed ${SEED}`);
  for (const story of STORIES) {
    print(`  ${story.name}`, "found | median of minutes, calls and dollars until then");
    for (const activity of CLASSES) {
      const runs = Array.from({ length: EACH }, (_, i) => tell(program, story, activity, i));
      const found = runs.filter((run) => run !== null);
      print(`    ${activity}`, `${found.length} of ${EACH} | ${summary(found)}`);
    }
  }
  runColdStart(program);
}

interface Detected {
  minutes: number;
  calls: number;
  dollars: number;
}

function summary(found: readonly Detected[]): string {
  if (found.length === 0) return "-";
  const of = (figure: keyof Detected): string =>
    median(found.map((one) => one[figure])).toFixed(figure === "dollars" ? 2 : 0);
  return `${of("minutes")} min, ${of("calls")} calls, $${of("dollars")}`;
}

/** Ordinary and added calls of each hour. */
export function storyHours(
  story: Story,
  activity: ActivityClass,
  i: number,
): { name: string; counts: { ordinary: number; added: number }[] } {
  const name = `${story.name}-${activity}-${i}`;
  const ordinary = ordinaryHours(createRandom(SEED, name), activity, DAYS);
  const before = Math.min(story.begins, AT);
  const peak = Math.max(20, ...ordinary.slice(Math.max(0, before - 7 * DAY), before));
  const counts = ordinary.map((count, hour) => {
    const added = Math.round(story.added(hour, peak, count));
    return { ordinary: count, added: Math.max(0, added) };
  });
  return { name, counts };
}

function tell(program: Program, story: Story, activity: ActivityClass, i: number): Detected | null {
  const { name, counts } = storyHours(story, activity, i);
  const added: Call[][] = [];
  const random = createRandom(SEED, `${name}-calls`);
  const hours = counts.slice(0, story.ends + 2).map(({ ordinary: count, added: more }, hour) => {
    added[hour] = callsOf(random, name, hour, more, "added-");
    return [...callsOf(random, name, hour, count), ...added[hour]].toSorted((a, b) => a.at - b.at);
  });
  const finding = findingsIn(program, hours).find((one) => isDuring(one, story));
  if (!finding) return null;
  const at = parseTime(finding.opened_at)!;
  const until = added
    .slice(story.begins, story.ends)
    .flat()
    .filter((call) => call.at <= at);
  return {
    minutes: Math.max(0, at - (START + story.begins * HOUR)) / 60_000,
    calls: until.length,
    dollars: until.reduce((sum, { cost }) => sum + Number(formatUsd(cost)), 0),
  };
}

function isDuring({ opened_at, last_seen }: Finding, { begins, ends, goesOn }: Story): boolean {
  const [opened, last] = [parseTime(opened_at)!, parseTime(last_seen)!];
  const [from, to] = [START + begins * HOUR, START + (ends + 1) * HOUR];
  return opened < to && (goesOn ? last >= from : opened >= from);
}

/** Identities without a history that spend at once: only the site's ceilings know how much is too much. */
function runColdStart(program: Program): void {
  print("  cold start", "found within a day, of a new identity at so many calls an hour");
  for (const rate of [100, 1_000, 6_000]) {
    const runs = Array.from({ length: EACH }, (_, i) => {
      const name = `cold-${rate}-${i}`;
      const random = createRandom(SEED, name);
      const hours = Array.from({ length: 12 }, (__, hour) => callsOf(random, name, hour, rate));
      return findingsIn(program, hours).length > 0;
    });
    print(`    ${rate}`, `${runs.filter(Boolean).length} of ${EACH}`);
  }
}
