import { describe, expect, it } from "vitest";
import { createDirectory } from "#core/identity.ts";

const everywhere = { id: "bot", credentials: ["fp-1", "fp-2"], team: "shared" };
const onlyAcme = { id: "ops", tenant: "acme", credentials: ["fp-3"] };
const directory = createDirectory([everywhere, onlyAcme]);

describe("identity directory", () => {
  it("finds a record by its id and by each of its credentials", () => {
    expect(directory.byId("acme", "bot")).toBe(everywhere);
    expect(directory.byCredential("acme", "fp-1")).toBe(everywhere);
    expect(directory.byCredential("beta", "fp-2")).toBe(everywhere);
  });

  it("keeps a tenant's records from other tenants", () => {
    expect(directory.byId("acme", "ops")).toBe(onlyAcme);
    expect(directory.byCredential("acme", "fp-3")).toBe(onlyAcme);
    expect(directory.byId("beta", "ops")).toBeNull();
    expect(directory.byCredential("beta", "fp-3")).toBeNull();
  });

  it("does not take an id for a credential, nor a prototype's name for an id", () => {
    expect(directory.byCredential("acme", "bot")).toBeNull();
    expect(directory.byId("acme", "fp-1")).toBeNull();
    expect(directory.byId("acme", "constructor")).toBeNull();
  });

  it("lets the first of two claims win, each in its tenant", () => {
    const acme = { id: "bot", tenant: "acme", credentials: ["fp"] };
    const beta = { id: "bot", tenant: "beta", credentials: ["fp"] };
    const late = { id: "bot", credentials: ["fp"] };
    const both = createDirectory([acme, beta, late]);
    expect(both.byId("acme", "bot")).toBe(acme);
    expect(both.byCredential("beta", "fp")).toBe(beta);
    expect(both.byId("gamma", "bot")).toBe(late);
  });
});
