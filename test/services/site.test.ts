import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseUsd } from "#core/money.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";

let folder = "";
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meterhound-site-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("loadSite", () => {
  it("joins all files into a directory, a policy and a price book", async () => {
    const site = await loadSite({
      ...NO_SITE_FILES,
      identities: [
        write("people.yml", "identities: [{ id: ada, credentials: [fp-1], team: search }]"),
        write("keys.csv", "id,credentials\nbob,fp-2\n"),
      ],
      ownership: [
        write("first.yml", "rules: [{ match: { tenant: acme }, set: { team: first } }]"),
        write("second.yml", "rules: [{ match: {}, set: { team: second } }]"),
      ],
      prices: [write("prices.yml", "prices: [{ model: gpt-5, input: 1.5, output: 3 }]")],
      charges: [
        write(
          "charges.yml",
          "charges: [{ name: seats, vendor: v, amount: 9, period: { from: 2026-07-01, until: 2026-08-01 }, driver: even }]",
        ),
      ],
      showback: [
        write(
          "showback.yml",
          "shared: [{ name: gateway, match: { source: gw }, split: requests }]",
        ),
      ],
      geo: { file: write("networks.csv", "cidr,asn,country\n198.51.100.0/24,64500,DE\n") },
    });
    const { directory, policy } = site.ownership;
    expect(directory.byCredential("acme", "fp-1")?.team).toBe("search");
    expect(directory.byCredential("acme", "fp-2")?.id).toBe("bob");
    const event = { id: "1", time: "", source: "file", type: "usage", tenant: "acme" } as const;
    expect(policy(event)).toEqual({ team: "first" });
    expect(policy({ ...event, tenant: "globex" })).toEqual({ team: "second" });
    const place = { provider: "openai", region: undefined } as const;
    const query = { ...place, tier: "standard", at: 1_780_000_000_000 } as const;
    expect(site.prices.rates({ ...query, model: "gpt-5" })?.input.base).toBe(parseUsd("1.5"));
    expect(site.network?.("198.51.100.7")).toEqual({ asn: 64_500, country: "DE" });
    expect(site.charges.map(({ name }) => name)).toEqual(["seats"]);
    expect(site.policies.map(({ name }) => name)).toEqual(["gateway"]);
    expect(site.prices.rates({ ...query, model: "gpt-4o" })?.input.base).toBe(parseUsd("2.5"));
  });

  it("fails with the problems of every file at once", async () => {
    const loading = loadSite({
      ...NO_SITE_FILES,
      identities: [join(folder, "absent.csv"), write("bad.csv", "id,taem\n")],
      ownership: [write("bad.yml", "rule: []\n")],
      prices: [write("bad-prices.yml", "prices: [{ model: a, input: 1 }]\n")],
      charges: [write("bad-charges.yml", "charge: []\n")],
      showback: [write("bad-showback.yml", "shared: [{ name: a, match: {}, split: cost }]\n")],
      geo: { file: write("bad-networks.yml", "networks: [{ cidr: 10.0.0.0, asn: 1 }]\n") },
    });
    await expect(loading).rejects.toMatchObject({ code: "MH_CONFIG_INVALID" });
    const lines = await loading.catch((error: Error) => error.message.split("\n"));
    expect(lines).toEqual([
      expect.stringMatching(/absent\.csv: cannot be read: there is no such file$/),
      expect.stringMatching(/bad\.csv:1:4: taem: unknown column, did you mean "team"\?$/),
      expect.stringMatching(/bad\.yml:1:1: rules: is missing: a list is expected$/),
      expect.stringMatching(/bad\.yml:1:1: rule: unknown key, did you mean "rules"\?$/),
      expect.stringMatching(/bad-prices\.yml:1:10: prices\.0\.output: is missing: a price/),
      expect.stringMatching(/bad-charges\.yml:1:1: charges: is missing: a list is expected$/),
      expect.stringMatching(/bad-charges\.yml:1:1: charge: unknown key, did you mean "charges"\?$/),
      expect.stringMatching(/bad-showback\.yml:1:21: shared\.0\.match: matches every event/),
      expect.stringMatching(/bad-networks\.yml:1:14: networks\.0\.cidr: must be a range like/),
    ]);
  });

  it("knows nobody and the built-in prices where no file is named", async () => {
    const site = await loadSite(NO_SITE_FILES);
    expect(site.ownership.directory.byId("acme", "ada")).toBeNull();
    expect(site.network).toBeNull();
  });
});
