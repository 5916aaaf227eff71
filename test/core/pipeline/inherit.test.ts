import { describe, expect, it } from "vitest";
import { ownedField } from "#core/attribution.ts";
import type { UsageEvent } from "#core/event.ts";
import { createOwners, forgetOwners, inherit } from "#core/pipeline/inherit.ts";
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
  const owners = createOwners();
  const event = usageEvent(call);
  inherit(owners, "flow", usageEvent(root), START);
  inherit(owners, "flow", event, START);
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
    const owners = createOwners();
    inherit(owners, "flow", usageEvent(BARE), START);
    inherit(owners, "flow", usageEvent(), START);
    inherit(owners, "flow", usageEvent({ attribution: { team: "late" } }), START);
    const event = usageEvent(BARE);
    inherit(owners, "flow", event, START);
    expect(event.attribution?.team).toBe("assist");
  });

  it("keeps flows apart", () => {
    const owners = createOwners();
    inherit(owners, "flow", usageEvent(), START);
    const event = usageEvent(BARE);
    inherit(owners, "other", event, START);
    expect(event).toEqual(usageEvent(BARE));
  });

  it("changes neither the root nor a list of codes that events share", () => {
    const shared = Object.freeze(["team.missing"]);
    const owners = createOwners();
    const root = usageEvent();
    inherit(owners, "flow", root, START);
    expect(root).toEqual(usageEvent());
    const event = usageEvent({ attribution: { team: undefined } });
    event.quality = shared;
    inherit(owners, "flow", event, START);
    expect(shared).toEqual(["team.missing"]);
    expect(event.quality).toEqual(["team.inherited"]);
  });

  it("forgets a flow six hours after its last call", () => {
    const owners = createOwners();
    inherit(owners, "flow", usageEvent(), START);
    inherit(owners, "flow", usageEvent(), START + HOUR);
    forgetOwners(owners, START + 7 * HOUR);
    expect(owners.flows.size).toBe(1);
    forgetOwners(owners, START + 7 * HOUR + 1);
    expect(owners.flows.size).toBe(0);
  });

  it("prefers the call without a parent, also when it comes after its children", () => {
    const owners = createOwners();
    const child = { flow: { trace: "t", span: "b", parent_span: "a" } };
    inherit(owners, "t", usageEvent({ ...child, attribution: { team: "child" } }), START);
    const root = { flow: { trace: "t", span: "a" }, attribution: { team: "root" } };
    expect(inherit(owners, "t", usageEvent(root), START).isNew).toBe(true);
    const event = usageEvent({ ...BARE, ...child });
    inherit(owners, "t", event, START);
    expect(event.attribution?.team).toBe("root");
  });

  it("names the root's workflow on calls that name none", () => {
    const event = inherited({ flow: { workflow: "nightly" } }, { flow: { workflow: undefined } });
    expect(event.flow?.workflow).toBe("nightly");
    expect(
      inherited({ flow: { workflow: "nightly" } }, { flow: { workflow: "own" } }).flow,
    ).toEqual(expect.objectContaining({ workflow: "own" }));
  });
});

describe("inheritance from the upstream pipeline", () => {
  const upstream = { flow: { session: "s1", workflow: "nightly" }, attribution: { team: "data" } };
  const apart = { session: undefined, trace: undefined, workflow: "nightly" };

  function after(call: Overrides<UsageEvent>): UsageEvent {
    const owners = createOwners();
    inherit(owners, "s1", usageEvent(upstream), START);
    const event = usageEvent(call);
    inherit(owners, null, event, START);
    return event;
  }

  it("charges batch work to it, also where the directory knows the runner", () => {
    const event = after({
      flow: apart,
      model: { service_tier: "batch" },
      attribution: { team: "platform" },
      quality: ["team.directory"],
    });
    expect(event.attribution?.team).toBe("data");
    expect(event.quality).toEqual(["team.inherited"]);
  });

  it("tells other calls of the workflow only what nobody knows of them", () => {
    const known = after({ flow: apart, attribution: { team: "web" }, quality: ["team.directory"] });
    expect(known.attribution?.team).toBe("web");
    const unknown = after({ ...BARE, flow: apart, quality: ["team.missing"] });
    expect(unknown.attribution?.team).toBe("data");
  });
});
