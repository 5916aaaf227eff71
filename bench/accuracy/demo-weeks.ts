import { fileURLToPath } from "node:url";
import { median } from "simple-statistics";
import { isProblem } from "#core/event-check.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { Program } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createDigest } from "#core/privacy.ts";
import { rank } from "#core/severity.ts";
import { MINUTE, parseTime } from "#core/time.ts";
import { loadConfig } from "#services/config.ts";
import { generateDemo } from "#services/demo/generate.ts";
import { STORIES } from "#services/demo/stories/index.ts";
import { type Story, storyTimes } from "#services/demo/stories/story.ts";
import { readEvent } from "#services/ingest/read-event.ts";
import { replay } from "#services/replay/replay.ts";
import { loadSite, type Site } from "#services/site.ts";
import { print } from "../figures.ts";

const WEEKS = 20;
const UNTIL = Date.UTC(2026, 9, 15, 14);
const SITE = fileURLToPath(new URL("../../services/demo/site/meterhound.yml", import.meta.url));
const ORIGIN = { source: "demo", tenants: null, digest: createDigest("bench") };
const MEDIUM = rank("medium");

/**
 * The stories of the demo in other weeks of the same company: how many are found by the family meant for
 * them, at the severity they deserve, and when, after how many calls and dollars; and what else is said.
 */
export async function runDemoWeeks(program: Program): Promise<void> {
  print(
    `demo weeks: ${WEEKS}, seeds 1 to ${WEEKS}`,
    "found | median of minutes, calls and dollars",
  );
  const site = await loadSite(await loadConfig({ file: SITE, env: {} }));
  const weeks: Finding[][] = [];
  let calls = 0;
  for (let seed = 1; seed <= WEEKS; seed++) {
    const { findings, events } = await replay(program, resolved(seed, site));
    weeks.push(findings);
    calls += events;
  }
  for (const story of STORIES) {
    const found = weeks.flatMap((findings) => findings.find((one) => tells(one, story)) ?? []);
    print(
      `  ${story.name}, ${story.family}`,
      `${found.length} of ${WEEKS} | ${summary(story, found)}`,
    );
  }
  const others = weeks
    .flat()
    .filter((one) => rank(one.severity) >= MEDIUM && !STORIES.some((story) => isOf(one, story)));
  print("  others at medium or above", `${others.length} in ${WEEKS} weeks, ${calls} calls`);
}

async function* resolved(seed: number, site: Site): AsyncGenerator<readonly ResolvedEvent[]> {
  let batch: ResolvedEvent[] = [];
  for (const payload of generateDemo({ seed, until: UNTIL })) {
    const read = readEvent(payload, ORIGIN, site);
    if (isProblem(read)) throw new Error(`${read.code} ${read.path}`);
    batch.push(read);
    if (batch.length < 500) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function tells(finding: Finding, story: Story): boolean {
  const isEnough = rank(finding.severity) >= rank(story.severity);
  return finding.family === story.family && isEnough && isOf(finding, story);
}

function isOf({ subject, opened_at }: Finding, story: Story): boolean {
  const { start, end } = storyTimes(story, UNTIL);
  const opened = parseTime(opened_at)!;
  return subject.identity === story.identity && opened >= start && opened < end;
}

function summary(story: Story, found: readonly Finding[]): string {
  if (found.length === 0) return "-";
  const { start } = storyTimes(story, UNTIL);
  const minutes = median(found.map((one) => (parseTime(one.opened_at)! - start) / MINUTE));
  const calls = median(found.map((one) => one.detected_after.events));
  const dollars = median(found.map((one) => Number(one.detected_after.spend)));
  return `${minutes.toFixed(0)} min, ${calls} calls, $${dollars.toFixed(2)}`;
}
