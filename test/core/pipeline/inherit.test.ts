import { describe, expect, it } from "vitest";
import { ownedField } from "#core/attribution.ts";
import type { UsageEvent } from "#core/event.ts";
import { type FlowOwner, forgetFlows, inheritFromRoot } from "#core/pipeline/inherit.ts";
import { OWNED_FIELDS } from "#core/quality.ts";
import { HOUR } from "#core/time.ts";
import { type Overrides, usageEvent } from "#test/support/events.ts";
import { START } from "#test/support/observed.ts";

const BARE = { identity: { owner: undefined }, attribution: undefined } as const;
const MISSING = ["owner", "team", "service", "cost_center", "environment"].map(
  (field) => `${field}.missing`,
);

/** What a call says after its flow's root. */
function inherited(root: Overrides<UsageEvent>, call: Overrides<UsageEvent>): UsageEvent {
  const flows = new Map<string, FlowOwner>();
  const event = usageEvent(call);
  inheritFromRoot(flows, "flow", usageEvent(root), START);
  inheritFromRoot(flows, "flow", event, START);
  return event;
}

describe("inheritance from the flow's root", () => {
  it("gives a silent call everything the root stated", () => {
    const root = { attribution: { business_unit: "north" } };
    const event = inherited(root, { ...BARE, quality: MISSING });
    expect(OWNED_FIELDS.map((field) => ownedField(event, field))).toEqual(
      OWNED_FIELDS.map((field) => ownedField(usageEvent(root), field)),
    );
    expect(event.quality).toEqual(OWNED_FIELDS.map((field) => `${field}.inherited`));
  });

  it.each([
    ["its own tag", { attribution: { team: "own" } }, "own", undefined],
    [
      "its own tag in conflict with the directory",
      { attribution: { team: "own" }, quality: ["team.conflict"] },
      "own",
      ["team.conflict"],
    ],
    [
      "the directory's answer no more",
      { attribution: { team: "dir" }, quality: ["team.directory"] },
      "assist",
      ["team.inherited"],
    ],
    [
      "the policy's answer no more",
      { attribution: { team: "dir" }, quality: ["team.policy"] },
      "assist",
      ["team.inherited"],
    ],
    [
      "what the root says too, with its code",
      { quality: ["team.directory"] },
      "assist",
      ["team.directory"],
    ],
  ] as const)("leaves a call %s", (_, call, team, quality) => {
    const event = inherited({}, call);
    expect(event.attribution?.team).toBe(team);
    expect(event.quality).toEqual(quality);
  });

  it("hands on only what the root stated itself", () => {
    const root = { attribution: { team: "dir" }, quality: ["team.directory", "service.missing"] };
    const event = inherited(root, { ...BARE, quality: MISSING });
    expect(event.attribution?.team).toBeUndefined();
    expect(event.attribution?.cost_center).toBe("cc-100");
    expect(event.quality).toContain("team.missing");
  });

  it("takes for the root the first call that states something", () => {
    const flows = new Map<string, FlowOwner>();
    inheritFromRoot(flows, "flow", usageEvent(BARE), START);
    expect(flows.size).toBe(0);
    inheritFromRoot(flows, "flow", usageEvent(), START);
    inheritFromRoot(flows, "flow", usageEvent({ attribution: { team: "late" } }), START);
    const event = usageEvent(BARE);
    inheritFromRoot(flows, "flow", event, START);
    expect(event.attribution?.team).toBe("assist");
  });

  it("keeps flows apart", () => {
    const flows = new Map<string, FlowOwner>();
    inheritFromRoot(flows, "flow", usageEvent(), START);
    const event = usageEvent(BARE);
    inheritFromRoot(flows, "other", event, START);
    expect(event).toEqual(usageEvent(BARE));
  });

  it("changes neither the root nor a list of codes that events share", () => {
    const shared = Object.freeze(["team.missing"]);
    const flows = new Map<string, FlowOwner>();
    const root = usageEvent();
    inheritFromRoot(flows, "flow", root, START);
    expect(root).toEqual(usageEvent());
    const event = usageEvent({ attribution: { team: undefined } });
    event.quality = shared;
    inheritFromRoot(flows, "flow", event, START);
    expect(shared).toEqual(["team.missing"]);
    expect(event.quality).toEqual(["team.inherited"]);
  });

  it("forgets a flow six hours after its last call", () => {
    const flows = new Map<string, FlowOwner>();
    inheritFromRoot(flows, "flow", usageEvent(), START);
    inheritFromRoot(flows, "flow", usageEvent(), START + HOUR);
    forgetFlows(flows, START + 7 * HOUR);
    expect(flows.size).toBe(1);
    forgetFlows(flows, START + 7 * HOUR + 1);
    expect(flows.size).toBe(0);
  });
});
