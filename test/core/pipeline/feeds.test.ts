import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Detector, NO_SIGNALS } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { createProgram } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { createShadowTest } from "#core/sources.ts";
import { HOUR, MINUTE, SECOND } from "#core/time.ts";
import { loadRules } from "#services/rules/load.ts";
import type { Overrides } from "#test/support/events.ts";
import { foldEvents, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";

let count = 0;
const call = (at: number, more: Overrides<UsageEvent> = {}): ResolvedEvent =>
  resolvedAt(at, { id: `c${++count}`, source: "gateway", network: undefined, ...more });
const shadow = (at: number, more: Overrides<UsageEvent> = {}): ResolvedEvent =>
  call(at, {
    source: "provider",
    quality: ["feed.shadow"],
    network: { ip: "203.0.113.9" },
    ...more,
  });
const known = (id: string): Overrides<UsageEvent> => ({ flow: { provider_request_id: id } });
/** The first shadow record of a tenant; what came before it is not known. */
const first = (): ResolvedEvent => shadow(START - 2 * HOUR, known("first"));

/** What rules about feeds and rules about origins are shown, and the calls that count. */
function shown(...events: ResolvedEvent[]): { feed: string[]; origin: string[]; calls: number } {
  const seen = { feed: [] as string[], origin: [] as string[] };
  const spy = (kind: "feed" | "origin"): Detector => ({
    id: kind,
    version: 1,
    summary: "",
    params: z.unknown(),
    facts: {},
    reasons: {},
    joined: kind === "origin",
    shadows: kind === "feed",
    key: () => "k",
    init: () => ({}),
    step(_, { event, shadow: state }) {
      seen[kind].push(kind === "feed" ? `${state}` : (event.network?.ip ?? "unknown"));
      return NO_SIGNALS;
    },
    idle: () => false,
  });
  const [{ rule }] = loadRules() as [ReturnType<typeof loadRules>[number]];
  const rules = (["feed", "origin"] as const).map((kind) => ({
    rule: { ...rule, id: `${rule.family}.${kind}` },
    detector: spy(kind),
    params: {},
  }));
  const run = foldEvents(startFold(createProgram(rules, DEFAULT_IMPACT)), events);
  run.tick(events.at(-1)!.at + HOUR);
  const calls = [...run.outputs.rollups].reduce((sum, window) => sum + window.calls, 0);
  return { ...seen, calls };
}

describe("two feeds of one call", () => {
  it("count once, and the shadow adds where the call came from", () => {
    const events = [first(), call(START, known("r1")), shadow(START + MINUTE, known("r1"))];
    expect(shown(...events)).toEqual({ feed: ["matched"], origin: ["203.0.113.9"], calls: 1 });
  });

  it("are known by their tokens and time where they share no id", () => {
    const renamed = { model: { served: "claude-sonnet-4-5-20250929" } };
    const events = [first(), call(START), shadow(START + 2 * SECOND, renamed)];
    expect(shown(...events)).toMatchObject({ feed: ["matched"], calls: 1 });
  });

  it("are known where the shadow came first", () => {
    const events = [first(), shadow(START, known("r1")), call(START + MINUTE, known("r1"))];
    expect(shown(...events)).toEqual({ feed: ["matched"], origin: ["203.0.113.9"], calls: 1 });
  });

  it.each([
    ["other tokens", { usage: { input_tokens: 7 } }],
    ["another model", { model: { served: "gpt-4o" } }],
    ["another id of the provider", known("r2")],
  ])("are two calls with %s, one of them missing in the feed that counts", (_, more) => {
    const events = [first(), call(START, known("r1")), shadow(START, { ...known("r9"), ...more })];
    expect(shown(...events)).toMatchObject({ feed: ["missing"], calls: 1 });
  });

  it("say nothing of calls from before the first shadow record", () => {
    const lonely = shadow(START, known("x"));
    expect(shown(lonely, shadow(START + MINUTE, known("y")))).toMatchObject({ feed: [], calls: 0 });
  });
});

describe("the roles of sources", () => {
  const isShadow = createShadowTest([
    { match: "bedrock-main", role: "primary" },
    { match: "bedrock*", role: "shadow" },
  ]);

  it.each([
    ["bedrock-eu", true],
    ["bedrock-main", false],
    ["litellm", false],
  ])("%s: shadow %s, by the first line that matches", (source, expected) => {
    expect(isShadow(source)).toBe(expected);
  });
});
