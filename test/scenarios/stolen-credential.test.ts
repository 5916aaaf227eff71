import { describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { SETTLE } from "#core/pipeline/correlate.ts";
import { rank } from "#core/severity.ts";
import { DAY, type EventTime, HOUR, MINUTE, SECOND } from "#core/time.ts";
import type { Overrides } from "#test/support/events.ts";
import { findingsOf, foldEvents, shippedProgram, startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";

const HOME = { asn: 64_500, ip: "198.51.100.7", country: "DE", user_agent: "openai-node/6.8.1" };
const AWAY = { asn: 64_999, ip: "203.0.113.9", country: "VN", user_agent: "python-httpx/0.28" };
const NOW = START + 9 * DAY;

const call = (at: EventTime, event: Overrides<UsageEvent> = {}): ResolvedEvent =>
  resolvedAt(at, { flow: undefined, network: HOME, cost: { amount: "0.01" }, ...event });

const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

/** Nine days of a service that works by day, eight calls an hour. */
const history = times(9 * 24, (hour) => hour)
  .filter((hour) => hour % 24 >= 7 && hour % 24 < 19)
  .flatMap((hour) => times(8, (i) => call(START + hour * HOUR + i * 7 * MINUTE)));

/** A key checker asks for nothing, so that only the kind of error answers; nothing is billed. */
const probes = times(8, (i) =>
  call(NOW + i * 2 * SECOND, {
    network: AWAY,
    model: { requested: `model-${i}`, served: undefined },
    usage: { input_tokens: 0, output_tokens: 0 },
    cost: { amount: "0" },
    outcome: { status: "error", error_class: "validation", http_status: 400 },
  }),
);

/** The dearest model from elsewhere, a call every ten seconds at a dollar each. */
const burst = (from: EventTime, network = AWAY): ResolvedEvent[] =>
  times(500, (i) =>
    call(from + i * 10 * SECOND, {
      network,
      model: { requested: "claude-opus-4-5", served: "claude-opus-4-5" },
      usage: { input_tokens: 40_000, output_tokens: 4_000 },
      cost: { amount: "1" },
    }),
  );

const audit = (at: EventTime, action: string): ResolvedEvent =>
  resolvedAt(at, {
    type: "audit",
    flow: undefined,
    model: undefined,
    usage: undefined,
    cost: undefined,
    network: AWAY,
    audit: { action },
  });

function found(...events: ResolvedEvent[]): Finding[] {
  const run = startFold(shippedProgram());
  run.state.started = START;
  foldEvents(run, [...history, ...events]);
  run.tick(events.at(-1)!.at + SETTLE);
  return findingsOf(run.outputs.findings);
}

describe("a stolen credential", () => {
  it("is one incident from its first probe on, before a dollar is spent", () => {
    const attack = burst(NOW + 30 * MINUTE);
    const findings = found(...probes, ...attack);
    expect(findings.map(({ family }) => family)).toEqual(["llmjacking"]);
    const [{ opened_at, severity, showback, facts, subject }] = findings as [Finding];
    expect(Date.parse(opened_at)).toBeLessThan(NOW + MINUTE);
    expect(Number(showback.at_detection)).toBeLessThanOrEqual(1);
    expect(subject).toMatchObject({ identity: "svc-chat", credential: "fp-1" });
    expect(severity).toBe("critical");
    expect(Number(showback.excess)).toBeGreaterThan(450);
    expect(facts["chain"]).toBe("probe > enumerate > take over > escalate > burst");
    expect(Object.keys(facts["signals"] as object)).toContain("llmjacking.composite");
  });

  it("is found within its burst where nobody probed it first", () => {
    const attack = burst(NOW);
    const findings = found(...attack).filter(({ severity }) => rank(severity) > rank("info"));
    expect(findings.map(({ family }) => family)).toEqual(["llmjacking"]);
    expect(Date.parse(findings[0]!.opened_at)).toBeLessThan(attack.at(-1)!.at);
    expect(Number(findings[0]!.showback.at_detection)).toBeLessThanOrEqual(1);
  });

  it("is told by what is administered with it, before the first call", () => {
    const looks = ["model.listed", "logging.read", "logging.disabled", "model.enabled"];
    const findings = found(
      ...looks.map((action, i) => audit(NOW + i * 20 * SECOND, action)),
      ...burst(NOW + 3 * MINUTE).slice(0, 30),
    );
    expect(findings.map(({ family }) => family)).toEqual(["llmjacking"]);
    const [{ opened_at, facts, evidence, showback }] = findings as [Finding];
    expect(Date.parse(opened_at)).toBeLessThan(NOW + 3 * MINUTE);
    expect(facts["chain"]).toBe("enumerate > tamper > enable > take over > escalate > burst");
    expect(evidence.events).toBe(30);
    expect(showback.observed).toBe("30");
  });

  it("is told by its many buyers: countries, networks and nights", () => {
    const buyers = times(60, (i) =>
      call(NOW + 10 * HOUR + i * 4 * MINUTE, {
        network: {
          asn: 64_600 + (i % 5),
          ip: `203.0.113.${i % 5}`,
          country: ["VN", "BR", "RU", "US", "TR"][i % 5],
          user_agent: HOME.user_agent,
        },
      }),
    );
    const [finding, ...more] = found(...buyers).filter(({ family }) => family === "llmjacking");
    expect(more).toEqual([]);
    expect(finding?.facts).toMatchObject({
      many_countries: { group: "B", value: 5 },
      many_networks: { group: "B" },
    });
  });
});

describe("ordinary changes of a credential", () => {
  it.each<[string, ResolvedEvent[]]>([
    [
      "a deploy to another network with another client",
      times(60, (i) => call(NOW + i * 8 * MINUTE, { network: AWAY })),
    ],
    [
      "a first look at the list of models",
      [audit(NOW, "model.listed"), ...times(30, (i) => call(NOW + i * 8 * MINUTE))],
    ],
    [
      "a budget that is raised",
      [audit(NOW, "budget.raised"), ...times(30, (i) => call(NOW + i * 8 * MINUTE))],
    ],
    [
      "a model enabled and used by its owner",
      [
        audit(NOW, "model.enabled"),
        ...times(30, (i) => call(NOW + i * 8 * MINUTE, { model: { requested: "gpt-5" } })),
      ],
    ],
    ["work through one night", times(24 * 8, (i) => call(NOW + i * 7.5 * MINUTE))],
  ])("is no theft: %s", (_, events) => {
    const severe = found(...events).filter(({ severity }) => rank(severity) > rank("info"));
    expect(severe.map(({ family, severity }) => `${family} ${severity}`)).toEqual([]);
  });
});
