import { describe, expect, it } from "vitest";
import type { Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { addSignal, type Episode, openEpisode } from "#core/pipeline/episode.ts";
import { addEvidence } from "#core/pipeline/evidence.ts";
import { excessOf, leadOf, projectedDaily, type Tally } from "#core/pipeline/tally.ts";
import { PICO_PER_USD } from "#core/money.ts";
import { type EventTime, HOUR, MINUTE } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { observedAt, START } from "#test/support/observed.ts";

const RULE = { id: "usage-anomaly.probe", confidence: 0.8 };

interface Step {
  at?: EventTime;
  rule?: typeof RULE;
  signal?: Partial<Signal>;
  event?: Overrides<UsageEvent>;
}

/** An episode of one-dollar calls, each as the test says. */
function episodeOf(steps: readonly Step[]): Episode {
  let episode: Episode | null = null;
  for (const { at = START, rule = RULE, signal: changes, event } of steps) {
    const observed = observedAt(at, event);
    const signal: Signal = {
      entity: { type: "identity", id: "svc-chat" },
      reason: "told",
      score: 1,
      since: at,
      calls: 1,
      observed: PICO_PER_USD,
      expected: 0n,
      unpriced: 0,
      eventIds: [observed.event.id],
      facts: {},
      ...changes,
    };
    episode ??= openEpisode("usage-anomaly", signal, observed);
    const tally = addSignal(episode, rule, signal, observed);
    addEvidence(episode, tally, signal, observed);
  }
  return episode!;
}

/** What speaks for it. */
function tallyOf(steps: readonly Step[]): Tally {
  return leadOf(episodeOf(steps));
}

const unpriced = { observed: null, unpriced: 1 };

describe("episode", () => {
  it("remembers the calls and the spend with which it was found", () => {
    const found = { calls: 3, observed: 3n, since: START - HOUR };
    const episode = episodeOf([{ signal: found }, {}, {}]);
    expect(episode).toMatchObject({ callsAtDetection: 3, spendAtDetection: 3n });
    expect(leadOf(episode).calls).toBe(5);
    expect(episode).toMatchObject({ firstSeen: START - HOUR, opened: START, lastSeen: START });
  });

  it("is unpriced only while no call has a price", () => {
    expect(excessOf(tallyOf([{ signal: unpriced }, { signal: unpriced }]))).toBeNull();
    expect(projectedDaily(tallyOf([{ signal: unpriced }]))).toBeNull();
    const mixed = tallyOf([{ signal: unpriced }, {}]);
    expect(excessOf(mixed)).toBe(PICO_PER_USD);
    expect(mixed).toMatchObject({ unpriced: 1, calls: 2 });
  });

  it.each<[string, Step[], bigint]>([
    ["takes the excess of the last hour, times 24", [{}, { at: START + 30 * MINUTE }], 48n],
    ["forgets what lies an hour back", [{}, { at: START + HOUR }], 24n],
    ["keeps what lies 59 minutes back", [{}, { at: START + 59 * MINUTE }], 48n],
    [
      "takes an hour's share of a signal over two",
      [{ at: START, signal: { since: START - 2 * HOUR } }],
      12n,
    ],
    ["takes all of a signal over one", [{ at: START, signal: { since: START - HOUR } }], 24n],
    ["takes the expectation away", [{ signal: { expected: PICO_PER_USD / 2n } }], 12n],
    ["is never below zero", [{ signal: { expected: 5n * PICO_PER_USD } }], 0n],
    ["counts a late signal in its own minute", [{ at: START + 61 * MINUTE }, { at: START }], 24n],
  ])("projects a day that %s", (_, steps, dollars) => {
    expect(projectedDaily(tallyOf(steps))).toBe(dollars * PICO_PER_USD);
  });

  it("projects the same whatever the order of arrival", () => {
    const minutes = [0, 5, 3, 30, 29, 55, 31, 4];
    const project = (order: readonly number[]): bigint | null =>
      projectedDaily(tallyOf(order.map((minute) => ({ at: START + minute * MINUTE }))));
    expect(project(minutes)).toBe(8n * 24n * PICO_PER_USD);
    expect(project(minutes.toReversed())).toBe(project(minutes));
  });

  it("stays small where senders run minutes apart", () => {
    const steps = Array.from({ length: 2_000 }, (_, i) => ({
      at: START + i * 1_000 - (i % 2) * 5 * MINUTE,
      event: { model: { served: `m${i}` }, quality: [`code.${i % 7}`] },
    }));
    const episode = episodeOf(steps);
    expect(leadOf(episode).recent.length).toBeLessThanOrEqual(61);
    expect(leadOf(episode).spendByModel.size).toBe(16);
    expect(episode.samples).toHaveLength(5);
    expect(episode.eventIds).toHaveLength(8);
    expect(episode.quality.size).toBe(7);
  });

  it("never adds up what two rules say of one call", () => {
    const event = { id: "seen-twice", cost: { amount: "1" }, model: { served: "m" } };
    const episode = episodeOf(
      ["usage-anomaly.a", "usage-anomaly.b"].map((id) => ({
        rule: { id, confidence: 0.8 },
        event,
      })),
    );
    const { observed, spendByModel } = leadOf(episode);
    expect([...spendByModel.values()]).toEqual([observed]);
    expect(episode.samples).toHaveLength(1);
  });

  it("lets the most severe of its rules speak, of equals the surest, in whatever order they came", () => {
    const rules = [
      { id: "usage-anomaly.a", confidence: 0.5 },
      { id: "usage-anomaly.b", confidence: 0.9 },
    ] as const;
    const both = rules.map((rule): Step => ({ rule }));
    for (const steps of [both, both.toReversed(), [...both, ...both]]) {
      const episode = episodeOf(steps);
      expect(leadOf(episode).rule).toBe("usage-anomaly.b");
      episode.tallies.find(({ rule }) => rule === "usage-anomaly.a")!.severity = "high";
      expect(leadOf(episode).rule).toBe("usage-anomaly.a");
    }
  });

  it("counts a call once where two of its rules bring it", () => {
    const other = { id: "usage-anomaly.other", confidence: 0.5 };
    expect(tallyOf([{}, { rule: other }])).toMatchObject({ calls: 1, observed: PICO_PER_USD });
  });

  it("names the first four events and the newest four", () => {
    const steps = Array.from({ length: 12 }, (_, i) => ({ event: { id: `e${i}` } }));
    const ids = ["e0", "e1", "e2", "e3", "e8", "e9", "e10", "e11"];
    expect(episodeOf(steps).eventIds).toEqual(ids);
    expect(episodeOf([{ event: { id: "a" } }, { event: { id: "a" } }]).eventIds).toEqual(["a"]);
  });

  it("rests on the weakest basis among its events", () => {
    const basis = (name: "reported" | "priced" | "estimated"): Step => ({
      event: { cost: { basis: name } },
    });
    expect(episodeOf([basis("reported")]).basis).toBe("reported");
    expect(episodeOf([basis("estimated"), basis("priced")]).basis).toBe("estimated");
    expect(episodeOf([basis("priced"), { event: { cost: undefined } }]).basis).toBe("unpriced");
  });

  it.each<[string, Overrides<UsageEvent>["flow"][], Episode["lineage"]]>([
    ["edges where a call names its parent", [{}, { parent_span: "p" }, {}], "edges"],
    ["a session where calls share a flow only", [{}, {}], "session"],
    ["none outside any flow", [undefined], "none"],
  ])("has the lineage %s", (_, flows, lineage) => {
    expect(episodeOf(flows.map((flow) => ({ event: { flow } }))).lineage).toBe(lineage);
  });

  it("keeps what a later event does not say, and names no agent where there are several", () => {
    const first = { event: { flow: { agent: "a", session: "s" } } };
    const silent = {
      event: { identity: { credential: undefined, owner: undefined }, flow: { agent: "a" } },
    };
    const episode = episodeOf([first, silent]);
    expect(episode.subject).toMatchObject({ credential: "fp-1", agent: "a", identity: "svc-chat" });
    const other = { event: { flow: { agent: "b" } } };
    expect(episodeOf([first, other, first]).subject.agent).toBeNull();
  });
});
