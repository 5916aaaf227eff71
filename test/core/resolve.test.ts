import { describe, expect, it } from "vitest";
import type { Network } from "#core/event.ts";
import { createDirectory } from "#core/identity.ts";
import { parseRange } from "#core/network/address.ts";
import { createNetworkLookup } from "#core/network/ranges.ts";
import { createOwnershipPolicy } from "#core/ownership.ts";
import { resolveEvent } from "#core/resolve.ts";
import { usageEvent } from "#test/support/events.ts";
import { START } from "#test/support/observed.ts";

const SITE = {
  ownership: { directory: createDirectory([]), policy: createOwnershipPolicy([]) },
  prices: { rates: () => null },
};
const network = createNetworkLookup([
  { ...parseRange("198.51.100.0/24")!, facts: { asn: 64_500, country: "DE" } },
  { ...parseRange("2001:db8::/32")!, facts: { country: "FR" } },
]);

function resolved(given: Network | undefined, lookup: typeof network | null = network) {
  const event = usageEvent({ network: given });
  resolveEvent(event, START, { ...SITE, network: lookup });
  return event.network;
}

describe("network of a resolved event", () => {
  it.each([
    ["both facts of its address", { ip: "198.51.100.7" }, { asn: 64_500, country: "DE" }],
    ["the one fact known", { ip: "2001:db8::7" }, { country: "FR" }],
    ["its own AS before the file's", { ip: "198.51.100.7", asn: "AS1" }, { country: "DE" }],
    ["its own country before the file's", { ip: "198.51.100.7", country: "US" }, { asn: 64_500 }],
    ["its own facts alone", { ip: "198.51.100.7", asn: 1, country: "US" }, {}],
    ["nothing where no range holds its address", { ip: "203.0.113.1" }, {}],
    ["nothing where its address is none", { ip: "bedrock.amazonaws.com" }, {}],
    ["nothing without an address", { user_agent: "curl/8" }, {}],
  ])("has %s", (_, given, added) => {
    expect(resolved(given)).toEqual({ ...given, ...added });
  });

  it("is known before the owner is looked for", () => {
    const policy = createOwnershipPolicy([
      { match: { "network.asn": "64500" }, set: { business_unit: "edge" } },
    ]);
    const event = usageEvent({ network: { ip: "198.51.100.7" } });
    resolveEvent(event, START, { ...SITE, ownership: { ...SITE.ownership, policy }, network });
    expect(event.attribution?.business_unit).toBe("edge");
  });

  it("stays unknown where the event has none", () => {
    expect(resolved(undefined)).toBeUndefined();
  });

  it("stays what the event says where no range file is named", () => {
    expect(resolved({ ip: "198.51.100.7" }, null)).toEqual({ ip: "198.51.100.7" });
  });
});
