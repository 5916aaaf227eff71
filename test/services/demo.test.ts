import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createGenaiPrices } from "#adapters/price-book/genai-prices.ts";
import { isProblem } from "#core/event-check.ts";
import type { Finding } from "#core/finding/finding.ts";
import { createDirectory, type IdentityRecord } from "#core/identity.ts";
import { createOwnershipPolicy, type OwnershipRule } from "#core/ownership.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createDigest } from "#core/privacy.ts";
import type { Resolution } from "#core/resolve.ts";
import { DEFAULT_IMPACT, rank } from "#core/severity.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { demoFrame } from "#services/demo/calendar.ts";
import { generateDemo } from "#services/demo/generate.ts";
import { STORIES } from "#services/demo/stories/index.ts";
import { storyTimes } from "#services/demo/stories/story.ts";
import { readEvent } from "#services/ingest/read-event.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";

const SEED = 1;
const UNTIL = Date.parse("2026-10-15T14:37:12Z");
const { start, week, end } = demoFrame(UNTIL);

const events = [...generateDemo({ seed: SEED, until: UNTIL })];

describe("the demo's events", () => {
  it("are the same for the same seed and end", () => {
    let i = 0;
    for (const event of generateDemo({ seed: SEED, until: UNTIL })) {
      if (JSON.stringify(event) !== JSON.stringify(events[i++]))
        expect(event).toEqual(events[i - 1]);
    }
    expect(i).toBe(events.length);
  });

  it("only shift their times with another end", () => {
    const later = 3 * DAY + 5 * HOUR;
    let i = 0;
    for (const event of generateDemo({ seed: SEED, until: UNTIL + later })) {
      const shifted = new Date(timeOf(event) - later).toISOString();
      const same = events[i++];
      if (JSON.stringify({ ...event, time: shifted }) !== JSON.stringify(same)) {
        expect({ ...event, time: shifted }).toEqual(same);
      }
    }
    expect(i).toBe(events.length);
  });

  it("differ with another seed", () => {
    const [first] = generateDemo({ seed: SEED + 1, until: UNTIL });
    expect(first?.["id"]).not.toBe(events[0]?.["id"]);
  });

  it("have ids of their own", () => {
    expect(new Set(events.map((event) => event["id"])).size).toBe(events.length);
  });

  it("come in order of time and fill eight days of history and the week to the full hour", () => {
    const times = events.map(timeOf);
    expect(times.findIndex((time, i) => i > 0 && time < times[i - 1]!)).toBe(-1);
    expect(end).toBe(Date.parse("2026-10-15T14:00:00Z"));
    expect(week - start).toBe(8 * DAY);
    expect(times[0]! - start).toBeLessThan(10 * MINUTE);
    expect(times[0]!).toBeGreaterThanOrEqual(start);
    expect(end - times.at(-1)!).toBeLessThan(10 * MINUTE);
    expect(times.at(-1)!).toBeLessThan(end);
  });

  it("are many enough to look at and few enough for a minute", () => {
    expect(events.length).toBeGreaterThan(40_000);
    expect(events.length).toBeLessThan(70_000);
  });
});

describe("the findings of the demo week", () => {
  let resolved: ResolvedEvent[];
  let findings: Finding[];

  beforeAll(async () => {
    resolved = resolveAll();
    findings = (await replay(program(), batches(resolved))).findings;
  });

  it("rest on prices for every call", () => {
    expect(resolved.filter(({ cost }) => cost === null)).toEqual([]);
  });

  it.each(STORIES)("tell the story of the $name", (story) => {
    const times = storyTimes(story, UNTIL);
    const told = findings.filter(
      ({ family, subject, severity }) =>
        family === story.family &&
        subject.identity === story.identity &&
        rank(severity) >= rank(story.severity),
    );
    expect(told).toHaveLength(1);
    const [{ subject, showback, opened_at }] = told as [Finding];
    const isKnown = story.identity !== null;
    expect(subject.owner !== null).toBe(isKnown);
    expect(showback.team !== null).toBe(isKnown);
    expect(showback.cost_center !== null).toBe(isKnown);
    expect(Number(showback.excess)).toBeGreaterThan(story.excess);
    expect(Date.parse(opened_at)).toBeGreaterThanOrEqual(times.start);
    expect(Date.parse(opened_at)).toBeLessThan(times.end);
  });

  it("begin within the first hour of the week, so that a viewer need not wait", () => {
    const first = Math.min(...findings.map(({ opened_at }) => Date.parse(opened_at)));
    expect(first).toBeGreaterThanOrEqual(week);
    expect(first).toBeLessThan(week + HOUR);
  });

  it("leave everybody else alone", () => {
    const bad = STORIES.filter(({ severity }) => rank(severity) > rank("low"));
    const blamed = new Set(bad.map(({ identity }) => identity));
    const others = findings.filter(
      ({ subject, severity }) => rank(severity) > rank("low") && !blamed.has(subject.identity),
    );
    expect(others.map(({ title }) => title)).toEqual([]);
  });

  it("show that the directory has gaps", () => {
    const gaps = new Set(resolved.flatMap(({ event }) => event.quality ?? []));
    expect(gaps).toContain("environment.missing");
    expect(gaps).toContain("cost_center.missing");
  });

  it("know whose every call is, but in the story of the lost identity", () => {
    const nameless = resolved.filter(({ event }) => event.quality?.includes("identity.missing"));
    const story = STORIES.find(({ identity }) => identity === null)!;
    const times = storyTimes(story, UNTIL);
    expect(nameless.length).toBeGreaterThan(0);
    expect(nameless.filter(({ at }) => at < times.start || at >= times.end)).toEqual([]);
  });
});

function timeOf(event: Record<string, unknown>): number {
  return Date.parse(String(event["time"]));
}

function program(): ReturnType<typeof createProgram> {
  return createProgram(loadRules(), DEFAULT_IMPACT);
}

/** Reads copies of the events as ingest would: reading takes ownership of what it reads. */
function resolveAll(): ResolvedEvent[] {
  const resolution = siteResolution();
  const origin = { source: "demo", tenants: null, digest: createDigest("test") };
  return events.map((event) => {
    const read = readEvent(structuredClone(event), origin, resolution);
    if (isProblem(read)) throw new Error(`${read.code} ${read.path}`);
    return read;
  });
}

async function* batches(all: readonly ResolvedEvent[]): AsyncGenerator<readonly ResolvedEvent[]> {
  for (let i = 0; i < all.length; i += 500) yield all.slice(i, i + 500);
}

function siteResolution(): Resolution {
  const { identities } = readSite("identities.yml") as { identities: IdentityRecord[] };
  const { rules } = readSite("ownership.yml") as { rules: OwnershipRule[] };
  const ownership = {
    directory: createDirectory(identities),
    policy: createOwnershipPolicy(rules),
  };
  return { ownership, prices: createGenaiPrices(), isShadow: () => false, network: null };
}

function readSite(name: string): unknown {
  return parse(readFileSync(new URL(`../../services/demo/site/${name}`, import.meta.url), "utf8"));
}
