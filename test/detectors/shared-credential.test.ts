import { describe, expect, it } from "vitest";
import type { Observed } from "#core/detector.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { sharedCredential } from "#detectors/shared-credential.ts";
import { signalsOf, sumOf } from "#test/support/drive-detector.ts";
import { observedAt, START } from "#test/support/observed.ts";
import { createRandom } from "#test/support/random.ts";
import { lateBy } from "#test/support/streams.ts";

const OWN = { asn: 64_500, user_agent: "service/1.0" };
const STRANGER = { asn: 64_999, user_agent: "curl/8.5" };

/** Calls every few minutes between two hours of the test. */
function calls(
  from: number,
  to: number,
  every: number,
  network: object,
  agent?: string,
): Observed[] {
  const count = Math.floor(((to - from) * HOUR) / (every * MINUTE));
  return Array.from({ length: count }, (_, i) =>
    observedAt(START + from * HOUR + i * every * MINUTE, { network, flow: { agent } }),
  );
}

const NOW = (8 * DAY) / HOUR;
const service = calls(0, NOW + 30, 5, OWN);
const signals = (...streams: Observed[][]) =>
  signalsOf(
    sharedCredential,
    streams.flat().toSorted((a, b) => a.at - b.at),
  );

describe("shared credential", () => {
  it.each<[string, Observed[], boolean]>([
    ["a stranger for three hours", calls(NOW, NOW + 3, 20, STRANGER), true],
    ["a stranger for one hour", calls(NOW, NOW + 1, 5, STRANGER), false],
    [
      "another client in the same network",
      calls(NOW, NOW + 9, 20, { ...OWN, user_agent: "curl/8" }),
      false,
    ],
    ["the same client in another network", calls(NOW, NOW + 9, 20, { ...OWN, asn: 64_999 }), false],
    [
      "a stranger whose network is unknown",
      calls(NOW, NOW + 9, 20, { user_agent: "curl/8" }),
      false,
    ],
    ["a stranger whose client is unknown", calls(NOW, NOW + 9, 20, { asn: 64_999 }), false],
  ])("judges %s", (_, stream, isTold) => {
    expect(signals(service, stream).length > 0).toBe(isTold);
  });

  it("takes the same agent elsewhere for the same consumer", () => {
    const own = calls(0, NOW + 30, 5, OWN, "planner");
    expect(signals(own, calls(NOW, NOW + 9, 20, STRANGER, "planner"))).toEqual([]);
    expect(signals(own, calls(NOW, NOW + 9, 20, STRANGER, "other")).length).toBeGreaterThan(0);
  });

  it("learns who uses the credential in its first week", () => {
    expect(signals(service, calls(100, NOW + 20, 20, STRANGER))).toEqual([]);
  });

  it("learns who stays a week without being in between", () => {
    const early = calls(0, NOW, 5, OWN);
    const late = calls(NOW + 200, NOW + 230, 5, OWN);
    expect(signals(early, calls(NOW + 1, NOW + 230, 20, STRANGER), late)).toEqual([]);
  });

  it("names the stranger and counts the consumers", () => {
    const [first] = signals(service, calls(NOW, NOW + 3, 20, STRANGER));
    expect(first).toMatchObject({
      entity: { type: "credential", id: "fp-1" },
      facts: { observed: 2, occasions: 3, network: "AS64999", client: "curl", own_networks: 1 },
    });
  });

  it("comes to the same sum whatever the order within the allowed lateness", () => {
    const stream = [...service, ...calls(NOW, NOW + 5, 7, STRANGER)].toSorted(
      (a, b) => a.at - b.at,
    );
    const straight = sumOf(signalsOf(sharedCredential, stream));
    expect(straight.calls).toBeGreaterThan(300);
    for (let seed = 1; seed <= 5; seed++) {
      const late = lateBy(createRandom(seed), 10 * MINUTE, stream);
      expect(sumOf(signalsOf(sharedCredential, late))).toEqual(straight);
    }
  });

  it("brings the stranger's calls first and what follows the first of them, then every call, and ends a day after the stranger's last", () => {
    const stranger = calls(NOW, NOW + 3, 20, STRANGER);
    const found = signals(service, stranger);
    expect(found[0]?.since).toBe(stranger[0]!.at);
    expect(found.slice(1).every(({ calls: one }) => one === 1)).toBe(true);
    expect(found.at(-1)!.since).toBeGreaterThan(stranger.at(-1)!.at + 23 * HOUR);
    expect(found.at(-1)!.since).toBeLessThan(stranger.at(-1)!.at + DAY);
  });
});
