import { describe, expect, it } from "vitest";
import { createMemoryUsageLog } from "#adapters/usage-log/memory.ts";
import type { UsageEvent } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { UsageLog } from "#core/ports/usage-log.ts";
import type { ShowbackReport } from "#core/showback/report.ts";
import { DAY, formatTime, HOUR, MINUTE } from "#core/time.ts";
import { createShowback, type ShowbackRequest } from "#services/showback/showback.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { eventEntry, type Overrides } from "#test/support/events.ts";

const START = Date.UTC(2026, 9, 5, 12);
const SITE = await loadSite(NO_SITE_FILES);

const call = (at: number, more: Overrides<UsageEvent> = {}) =>
  eventEntry({ id: `call-${at}`, time: formatTime(at), flow: undefined, ...more });

/** A log that began with the first of these calls. */
async function logOf(...calls: ReturnType<typeof call>[]): Promise<UsageLog> {
  const log = createMemoryUsageLog(1);
  const begin = calls.slice(0, 1).map(({ at }) => ({ kind: "start" as const, at }));
  await log.append([{ partition: 0, entries: [...begin, ...calls] }]);
  return log;
}

const showback = (
  log: UsageLog,
  request: Partial<ShowbackRequest> = {},
  now = START + DAY,
  findings: readonly Finding[] = [],
): Promise<ShowbackReport> =>
  createShowback(
    log,
    () => findings,
    SITE,
    () => now,
  ).report({ groupBy: ["team"], tenants: null, quality: false, ...request });

describe("a statement", () => {
  it("takes what a finding says was stolen out of the team's line", async () => {
    const log = await logOf(call(START), call(START + HOUR, { identity: { credential: "fp-2" } }));
    const theft = {
      id: "f-1",
      tenant: "acme",
      family: "llmjacking",
      verdict: null,
      subject: { credential: "fp-2" },
      first_seen: formatTime(START),
      last_seen: formatTime(START + DAY),
    } as Finding;
    const { items, incidents } = await showback(log, {}, START + DAY, [theft]);
    expect(items.map(({ group, calls }) => [group.team, calls])).toEqual([
      ["_unauthorised", 1],
      ["assist", 1],
    ]);
    expect(incidents).toMatchObject([{ finding: "f-1", calls: 1 }]);
  });
});

describe("attribution quality", () => {
  it("counts calls whose parent never came, also where the flow began before the period", async () => {
    const flow = { trace: "t", session: undefined };
    const top = { flow: { ...flow, span: "top", parent_span: undefined } };
    const child = { flow: { ...flow, span: "a", parent_span: "top" } };
    const orphan = { flow: { ...flow, span: "b", parent_span: "lost" } };
    const calls = [call(START - 50 * MINUTE, top), call(START, child), call(START + 1, orphan)];
    const period = { from: START - 10 * MINUTE, to: START + DAY, quality: true };
    const { quality } = await showback(await logOf(...calls), period);
    expect(quality!.total.events).toBe(2);
    expect(quality!.offenders).toContainEqual(
      expect.objectContaining({ gap: "parent that never came", events: 1, subject: "source test" }),
    );
  });
});

describe("the period of a statement", () => {
  it.each([
    ["minutes", START + MINUTE],
    ["days", START + 5 * DAY],
    ["years", START + 2_000 * DAY],
    ["minutes from now, by a skewed clock", START - 30 * MINUTE],
  ])("ends by default with the newest event, %s ago", async (_, now) => {
    const { period, totals } = await showback(await logOf(call(START)), {}, now);
    const to = START + HOUR;
    expect(period).toEqual({ from: formatTime(to - 30 * DAY), to: formatTime(to) });
    expect(totals.calls).toBe(1);
  });

  it("is the last thirty days of an empty log", async () => {
    const { period, items } = await showback(await logOf(), {}, START);
    expect([period.to, items]).toEqual([formatTime(START + HOUR), []]);
  });

  it("is thirty days long where only its end is named, and open to the newest event where only its start is", async () => {
    const log = await logOf(call(START));
    const to = START + 9 * DAY;
    expect((await showback(log, { to })).period.from).toBe(formatTime(to - 30 * DAY));
    const { period } = await showback(log, { from: START - DAY });
    expect(period).toEqual({ from: formatTime(START - DAY), to: formatTime(START + HOUR) });
  });

  it("begins with `from` and ends before `to`", async () => {
    const log = await logOf(call(START), call(START + 1), call(START + HOUR));
    const { totals } = await showback(log, { from: START + 1, to: START + HOUR });
    expect(totals.calls).toBe(1);
  });
});

describe("the flow of a call", () => {
  it("is known though it began before the period", async () => {
    const flow = { session: "s-1" };
    const log = await logOf(
      call(START, { flow }),
      call(START + HOUR, { flow, attribution: { team: undefined } }),
    );
    const { items } = await showback(log, { from: START + HOUR, to: START + 2 * HOUR });
    expect(items.map(({ group, calls }) => [group.team, calls])).toEqual([["assist", 1]]);
  });
});

describe("the period before", () => {
  it("is compared with where the log lacks at most a hundredth of it", async () => {
    const log = await logOf(call(START), call(START + DAY));
    const day = (lacking: number) =>
      showback(log, { from: START - lacking + DAY, to: START - lacking + 2 * DAY });
    expect((await day(14 * MINUTE)).totals.expected).toBe("0.006");
    expect((await day(15 * MINUTE)).totals.expected).toBeNull();
  });

  it("is not expected to repeat what was no usage", async () => {
    const log = await logOf(call(START), call(START + 3 * DAY, { attribution: { team: "new" } }));
    const asked = { from: START + 2 * DAY, to: START + 4 * DAY };
    const { items, comparison } = await showback(log, asked);
    expect(comparison.unavailable).toBeNull();
    expect(items.map(({ group, expected }) => [group.team, expected])).toEqual([["new", null]]);
  });
});
