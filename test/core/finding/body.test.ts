import { describe, expect, it } from "vitest";
import type { Signal } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { baselineSource, findingBody } from "#core/finding/body.ts";
import type { FindingBody } from "#core/finding/finding.ts";
import { addSignal, openEpisode } from "#core/pipeline/episode.ts";
import { addEvidence } from "#core/pipeline/evidence.ts";
import { formatTime, MINUTE } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { observedAt, START } from "#test/support/observed.ts";
import { probeRule } from "#test/support/probe.ts";

/** The body after calls a minute apart, each expected to cost a tenth of a dollar. */
function bodyOf(...calls: Overrides<UsageEvent>[]): FindingBody {
  const steps = calls.map((call, i) => observedAt(START + i * MINUTE, { id: `e${i}`, ...call }));
  const signals = steps.map(({ event, at, cost }): Signal => ({
    entity: { type: "identity", id: "svc-chat" },
    reason: "told",
    score: 1,
    since: at,
    calls: 1,
    observed: cost,
    expected: cost === null ? 0n : 100_000_000_000n,
    unpriced: cost === null ? 1 : 0,
    eventIds: [event.id],
    facts: { size: 2, baseline: { source: "own", n: 30 } },
  }));
  const rule = probeRule();
  const episode = { ...openEpisode(rule.family, signals[0]!, steps[0]!), id: "finding" };
  steps.forEach((observed, i) => {
    const tally = addSignal(episode, rule, signals[i]!, observed);
    tally.severity = "medium";
    addEvidence(episode, tally, signals[i]!, observed);
  });
  return findingBody("acme", episode, rule, null);
}

const dollars = (amount: string, served = "m"): Overrides<UsageEvent> => ({
  cost: { amount },
  model: { served },
});

describe("finding body", () => {
  it("says who, what, when and why", () => {
    expect(bodyOf(dollars("1"), dollars("2"))).toMatchObject({
      id: "finding",
      tenant: "acme",
      family: "usage-anomaly",
      rule: "usage-anomaly.probe",
      rule_version: 3,
      title: "svc-chat by 2",
      explanation: "$2.80 too much",
      severity: "medium",
      first_seen: formatTime(START),
      last_seen: formatTime(START + MINUTE),
      opened_at: formatTime(START),
      closed_at: null,
      lineage: "session",
      subject: {
        identity: "svc-chat",
        type: "service",
        credential: "fp-1",
        owner: "ana@acme.example",
        agent: null,
        flow: "trace-1",
      },
      facts: { reason: "told", size: 2, baseline: { source: "own", n: 30 } },
      threats: { atlas: ["AML.T0034"] },
      runbook: "Look.\n\nAct.",
    });
  });

  it("shows back exact money: what was spent, what was due, what is too much", () => {
    const body = bodyOf(dollars("1.000000000001"), dollars("2"));
    expect(body.showback).toEqual({
      team: "assist",
      service: "chat",
      cost_center: "cc-100",
      environment: "production",
      currency: "USD",
      observed: "3.000000000001",
      expected: "0.2",
      excess: "2.800000000001",
      at_detection: "1.000000000001",
      projected_daily: "67.200000000024",
      basis: "reported",
      attribution_quality: 0.85,
      quality: [],
      unpriced_events: 0,
    });
    expect(body.detected_after).toEqual({ events: 1, spend: "1.000000000001" });
  });

  it("says null, never zero, where nothing has a price", () => {
    const { showback, detected_after, evidence } = bodyOf({ cost: undefined }, { cost: undefined });
    expect(showback).toMatchObject({
      observed: null,
      excess: null,
      at_detection: null,
      projected_daily: null,
      basis: "unpriced",
      unpriced_events: 2,
    });
    expect(detected_after.spend).toBeNull();
    expect(evidence.samples[0]?.cost).toBeNull();
  });

  it("counts what has a price where some calls have none", () => {
    const { showback } = bodyOf({ cost: undefined }, dollars("2"));
    expect(showback).toMatchObject({
      observed: "2",
      excess: "1.9",
      basis: "unpriced",
      unpriced_events: 1,
      at_detection: null,
    });
  });

  it("says unknown of an owner nobody named", () => {
    const body = bodyOf({ identity: undefined, attribution: undefined });
    expect(body.title).toBe("unknown by 2");
    expect(body.showback).toMatchObject({ team: null, service: null, cost_center: null });
  });

  it("weighs the attribution of all events, and lists its codes in order", () => {
    const body = bodyOf(
      { quality: ["team.missing"], flow: { agent: "a", workflow: "w" } },
      { quality: ["service.missing", "team.missing"], flow: { agent: "a", workflow: "w" } },
    );
    expect(body.showback.quality).toEqual(["service.missing", "team.missing"]);
    expect(body.showback.attribution_quality).toBe(0.7);
    expect(body.confidence).toBe(0.669);
  });

  it("names the models that cost most, with their shares", () => {
    const calls = ["1", "5", "2", "3", "4", "0"].map((amount) => dollars(amount, `m${amount}`));
    const { top_contributors, samples, event_ids, events } = bodyOf(...calls).evidence;
    expect(top_contributors.map(({ value, spend, share }) => [value, spend, share])).toEqual([
      ["m5", "5", 0.333],
      ["m4", "4", 0.266],
      ["m3", "3", 0.2],
      ["m2", "2", 0.133],
      ["m1", "1", 0.066],
    ]);
    expect(samples.map(({ id }) => id)).toEqual(["e0", "e1", "e2", "e3", "e4"]);
    expect(event_ids).toHaveLength(6);
    expect(events).toBe(6);
  });
});

describe("baseline source", () => {
  it.each([
    [{ source: "own", n: 3 }, "own"],
    [{ source: 7 }, null],
    [{}, null],
    ["own", null],
    [null, null],
    [undefined, null],
  ])("of %j is %s", (fact, source) => {
    expect(baselineSource(fact)).toBe(source);
  });
});
