import { describe, expect, it } from "vitest";
import { createKeyReader } from "#services/console/src/state/keys.ts";

const press = (key: string, at = 0, isOccupied = false) => ({ key, at, isOccupied });

describe("the keys", () => {
  const did: string[] = [];
  const bindings = {
    j: () => void did.push("down"),
    t: () => void did.push("t alone"),
    "g t": () => void did.push("timeline"),
  };

  it("do one thing each, and another one after a first key", () => {
    const read = createKeyReader();
    read(press("j"), bindings)?.();
    expect(read(press("g"), bindings)).toBeNull();
    read(press("t", 500), bindings)?.();
    read(press("t", 600), bindings)?.();
    expect(did).toEqual(["down", "timeline", "t alone"]);
  });

  it("forget the first key after a while, and where somebody types", () => {
    const read = createKeyReader();
    read(press("g"), bindings);
    expect(read(press("t", 5_000), bindings)).toBe(bindings.t);
    read(press("g", 6_000), bindings);
    expect(read(press("x", 6_100, true), bindings)).toBeNull();
    expect(read(press("t", 6_200), bindings)).toBe(bindings.t);
  });

  it("do nothing that is not bound", () => {
    expect(createKeyReader()(press("q"), bindings)).toBeNull();
  });
});
