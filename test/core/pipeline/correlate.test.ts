import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import type { MachineEntry } from "#core/finding/finding-log.ts";
import type { Program } from "#core/pipeline/program.ts";
import { SETTLE } from "#core/pipeline/correlate.ts";
import { DAY, type EventTime, formatTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { type FoldRun, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probeProgram } from "#test/support/probe.ts";

const QUIET = 6 * HOUR;

/** A call that the probe detector signals, of a dollar unless the test says otherwise. */
function signal(run: FoldRun, offset: EventTime, event: Overrides<UsageEvent> = {}): void {
  run.event(resolvedAt(START + offset, { cost: { amount: "1" }, extra: { signal: 1 }, ...event }));
}

function started(program: Program = probeProgram()): FoldRun {
  return startFold(program);
}

/** What was told: kind, number, offset of the entry, calls. */
function told(run: FoldRun): [string, number, EventTime, number][] {
  return run.outputs.findings.map(({ kind, id, at, body }) => [
    kind,
    Number(id.split(".m.")[1]),
    Date.parse(at) - START,
    body.evidence.events,
  ]);
}

const last = (run: FoldRun): MachineEntry => run.outputs.findings.at(-1)!;

describe("an episode", () => {
  it("opens with the first signal, under a number of its finding", () => {
    const run = started();
    signal(run, 0);
    expect(told(run)).toEqual([["opened", 1, 0, 1]]);
    expect(last(run)).toMatchObject({
      id: `${last(run).finding}.m.1`,
      tenant: "acme",
      body: { opened_at: formatTime(START), closed_at: null, rule_version: 3, related: [] },
    });
  });

  it("is told again where it grew by a fifth, not more often than once a minute", () => {
    const run = started();
    for (const offset of [0, 30 * SECOND, 59 * SECOND, 60 * SECOND, 90 * SECOND])
      signal(run, offset);
    expect(told(run)).toEqual([
      ["opened", 1, 0, 1],
      ["updated", 2, 60 * SECOND, 4],
    ]);
  });

  it("is not told again for less, before an hour is over", () => {
    const run = started();
    signal(run, 0, { cost: { amount: "100" } });
    for (let minute = 5; minute <= 65; minute += 5) signal(run, minute * MINUTE);
    expect(told(run)).toEqual([
      ["opened", 1, 0, 1],
      ["updated", 2, HOUR, 13],
    ]);
  });

  it("is told at once where it becomes worse", () => {
    const run = started();
    signal(run, 0);
    signal(run, SECOND, { extra: { signal: 5 } });
    expect(told(run)).toEqual([
      ["opened", 1, 0, 1],
      ["updated", 2, SECOND, 2],
    ]);
    expect(last(run).body.severity).toBe("high");
  });

  it("leaves what was told as it was told", () => {
    const run = started();
    for (const offset of [0, 6 * HOUR + 1]) signal(run, offset);
    const before = structuredClone(run.outputs.findings);
    for (let minute = 2; minute < 30; minute++) signal(run, 6 * HOUR + minute * MINUTE);
    expect(run.outputs.findings.slice(0, before.length)).toEqual(before);
  });

  it("never becomes less severe", () => {
    const run = started();
    signal(run, 0, { extra: { signal: 5 } });
    signal(run, 2 * MINUTE, { extra: { signal: 1 } });
    expect(last(run).body).toMatchObject({ severity: "high", facts: { size: 1 } });
  });

  it("tells its last figures ten minutes after them", () => {
    const run = started();
    signal(run, 0);
    signal(run, SECOND);
    run.tick(START + SECOND + SETTLE - 1);
    expect(told(run)).toHaveLength(1);
    run.tick(START + 2 * HOUR);
    expect(told(run)[1]).toEqual(["updated", 2, SECOND + SETTLE, 2]);
    run.tick(START + 3 * HOUR);
    expect(told(run)).toHaveLength(2);
  });

  it("ends when it was quiet long enough, not a moment before", () => {
    const run = started();
    signal(run, 0);
    signal(run, HOUR);
    run.tick(START + HOUR + QUIET - 1);
    expect(last(run).kind).not.toBe("closed");
    run.tick(START + HOUR + QUIET);
    expect(last(run)).toMatchObject({ kind: "closed", at: formatTime(START + HOUR + QUIET) });
    expect(last(run).body.closed_at).toBe(formatTime(START + HOUR + QUIET));
  });

  it.each<[string, (run: FoldRun) => void]>([
    [
      "ticks every minute",
      (run) => {
        for (let at = START; at <= START + 7 * HOUR; at += MINUTE) run.tick(at);
      },
    ],
    ["one tick a month later", (run) => run.tick(START + 30 * DAY)],
    [
      "another identity's event",
      (run) => run.event(resolvedAt(START + 3 * DAY, { identity: { id: "b" } })),
    ],
    ["its own next signal", (run) => signal(run, 3 * DAY)],
  ])("ends at the same time whether noticed by %s", (_, notice) => {
    const run = started();
    signal(run, 0);
    const { finding } = last(run);
    notice(run);
    const closed = run.outputs.findings.filter((entry) => entry.finding === finding).slice(1);
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({
      kind: "closed",
      id: `${finding}.m.2`,
      at: formatTime(START + QUIET),
      body: { closed_at: formatTime(START + QUIET), last_seen: formatTime(START) },
    });
  });

  it("opens anew after its end, with a word of the one before", () => {
    const run = started();
    for (const offset of [0, QUIET + HOUR, 2 * QUIET + 2 * HOUR]) signal(run, offset);
    const opened = run.outputs.findings.filter(({ kind }) => kind === "opened");
    const [first, second, third] = opened.map(({ finding }) => finding);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(opened.map(({ body }) => body.related)).toEqual([[], [first], [second]]);
  });

  it("forgets the one before after thirty days", () => {
    const run = started();
    signal(run, 0);
    run.event(resolvedAt(START + DAY, { identity: { id: "b" } }));
    run.event(resolvedAt(START + 32 * DAY, { identity: { id: "b" } }));
    signal(run, 32 * DAY + SECOND);
    expect(last(run)).toMatchObject({ kind: "opened", body: { related: [] } });
  });

  it("is one for each entity, family and tenant", () => {
    const run = started(probeProgram({}, { id: "budget.probe", family: "budget" }));
    signal(run, 0);
    signal(run, SECOND, { identity: { id: "b" } });
    signal(run, 2 * SECOND, { tenant: "beta" });
    signal(run, 3 * SECOND);
    const entries = run.outputs.findings;
    expect(entries.map(({ kind }) => kind)).toEqual(Array(6).fill("opened"));
    expect(new Set(entries.map(({ finding }) => finding)).size).toBe(6);
    expect(entries.map(({ tenant, body }) => `${tenant} ${body.family} ${body.title}`)).toEqual([
      "acme usage-anomaly svc-chat by 1",
      "acme budget svc-chat by 1",
      "acme usage-anomaly b by 1",
      "acme budget b by 1",
      "beta usage-anomaly svc-chat by 1",
      "beta budget svc-chat by 1",
    ]);
  });

  it("joins the signals of two rules of one family, and counts what both bring once", () => {
    const run = started(probeProgram({}, { id: "usage-anomaly.other", confidence: 0.9 }));
    signal(run, 0);
    run.tick(START + SETTLE);
    expect(told(run)).toEqual([
      ["opened", 1, 0, 1],
      ["updated", 2, SETTLE, 1],
    ]);
    expect(last(run).body).toMatchObject({
      rule: "usage-anomaly.other",
      facts: {
        signals: {
          "usage-anomaly.other": formatTime(START),
          "usage-anomaly.probe": formatTime(START),
        },
      },
    });
  });
});

describe("an episode that is surpassed", () => {
  const program = probeProgram({
    levels: [],
    episode: { quiet: 2 * DAY, anew: { after: 6 * HOUR, above: 1.2 } },
  });
  /** Offsets at which findings opened, of signals by hour and level. */
  function opened(signals: readonly (readonly [hour: number, level: number])[]): number[] {
    const run = started(program);
    for (const [hour, level] of signals) signal(run, hour * HOUR, { extra: { signal: level } });
    return told(run)
      .filter(([kind]) => kind === "opened")
      .map(([, , at]) => at / HOUR);
  }

  it.each<[string, [number, number][], number[]]>([
    [
      "grows in its first hours: no",
      [
        [0, 1],
        [2, 3],
        [5, 9],
      ],
      [0],
    ],
    [
      "goes on as high: no",
      [
        [0, 2],
        [7, 2],
        [20, 2.4],
        [40, 2],
      ],
      [0],
    ],
    [
      "comes back larger after a pause: yes",
      [
        [0, 2],
        [20, 2.5],
      ],
      [0, 20],
    ],
    [
      "grows on without a pause: yes",
      [
        [0, 2],
        [3, 2],
        [7, 2],
        [8, 2.5],
        [10, 2.5],
      ],
      [0, 8],
    ],
    [
      "grows by less at a time: no",
      [
        [0, 2],
        [7, 2.3],
        [14, 2.6],
      ],
      [0],
    ],
  ])("%s", (_, signals, expected) => {
    expect(opened(signals)).toEqual(expected);
  });

  it("ends where the other begins, which names it", () => {
    const run = started(program);
    signal(run, 0, { extra: { signal: 1 } });
    signal(run, 20 * HOUR, { extra: { signal: 2 } });
    const [before, closed, after] = run.outputs.findings;
    expect(told(run).map(([kind]) => kind)).toEqual(["opened", "closed", "opened"]);
    expect(closed?.body.closed_at).toBe(formatTime(START + 20 * HOUR));
    expect(after?.body.related).toEqual([before?.finding]);
  });

  it("goes on under rules that do not ask for it", () => {
    const run = started(probeProgram({ episode: { quiet: 2 * DAY } }));
    signal(run, 0, { extra: { signal: 1 } });
    signal(run, 20 * HOUR, { extra: { signal: 4 } });
    expect(told(run).filter(([kind]) => kind === "opened")).toHaveLength(1);
  });
});
