import { describe, expect, it } from "vitest";
import { findingId } from "#core/finding/finding-id.ts";
import { START } from "#test/support/observed.ts";

const flow = { type: "flow", id: "s1" } as const;

describe("finding id", () => {
  it("never changes: links and logs outlive a release", () => {
    expect(findingId("acme", "prompt-loop", flow, START)).toBe("7fyz64sptz7ya2qx4ln6shroar");
  });

  it("is 26 characters that need no quoting anywhere", () => {
    for (let i = 0; i < 200; i++) {
      expect(findingId("acme", "prompt-loop", flow, START + i)).toMatch(/^[a-z2-7]{26}$/);
    }
  });

  it.each([
    ["tenant", findingId("beta", "prompt-loop", flow, START)],
    ["family", findingId("acme", "budget", flow, START)],
    ["entity type", findingId("acme", "prompt-loop", { type: "identity", id: "s1" }, START)],
    ["entity", findingId("acme", "prompt-loop", { type: "flow", id: "s2" }, START)],
    ["time", findingId("acme", "prompt-loop", flow, START + 1)],
  ])("differs by %s", (_, other) => {
    expect(other).not.toBe(findingId("acme", "prompt-loop", flow, START));
  });

  it("cannot be made equal by moving text between its parts", () => {
    const one = findingId('a","b', "budget", { type: "flow", id: "c" }, START);
    const two = findingId("a", "budget", { type: "flow", id: 'b","c' }, START);
    expect(one).not.toBe(two);
  });
});
