import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRange } from "#core/network/address.ts";
import { createNetworkLookup, type NetworkRange } from "#core/network/ranges.ts";

const range = (cidr: string, asn: number): NetworkRange => ({
  ...parseRange(cidr)!,
  facts: { asn },
});
const lookup = createNetworkLookup([
  range("10.0.0.0/8", 1),
  range("10.1.0.0/16", 2),
  range("10.1.0.0/24", 3),
  range("10.1.255.0/24", 4),
  range("2001:db8::/32", 5),
  range("2001:db8::1/128", 6),
]);

describe("network facts", () => {
  it.each([
    ["9.255.255.255", null],
    ["10.0.0.0", 1],
    ["10.0.255.255", 1],
    ["10.1.0.0", 3],
    ["10.1.0.255", 3],
    ["10.1.1.0", 2],
    ["10.1.254.255", 2],
    ["10.1.255.255", 4],
    ["10.2.0.0", 1],
    ["10.255.255.255", 1],
    ["11.0.0.0", null],
    ["::ffff:10.1.1.1", 2],
    ["2001:db8::", 5],
    ["2001:db8::1", 6],
    ["2001:db8::2", 5],
    ["2001:db9::", null],
    ["not an address", null],
  ])("of %s are those of the innermost range, %s", (ip, asn) => {
    expect(lookup(ip)).toEqual(asn === null ? null : { asn });
  });

  it("are the same when they are asked again", () => {
    expect(lookup("10.1.0.1")).toBe(lookup("10.1.0.1"));
  });

  it("are none where no range is given", () => {
    expect(createNetworkLookup([])("10.0.0.1")).toBeNull();
  });

  it("are what a scan over all ranges finds", () => {
    // A small space, so that ranges lie inside each other and share their ends.
    const v4 = fc
      .tuple(fc.nat(3), fc.nat(255), fc.integer({ min: 20, max: 32 }))
      .map(([c, d, bits]) => ({ base: `10.0.${c}.${d}`, bits, family: "ipv4" as const }));
    const v6 = fc.tuple(fc.nat(0xfff), fc.integer({ min: 112, max: 128 })).map(([low, bits]) => ({
      base: `2001:db8::${low.toString(16)}`,
      bits,
      family: "ipv6" as const,
    }));
    const cidrs = fc.array(fc.oneof(v4, v6), { maxLength: 30 });
    const asked = fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(cidrs, asked, (drawn, ips) => {
        const distinct = new Map(
          drawn.map((cidr) => [blockOf(cidr), { ...cidr, asn: drawn.indexOf(cidr) + 1 }]),
        );
        const ranges = [...distinct.values()];
        const find = createNetworkLookup(
          ranges.map(({ base, bits, asn }) => range(`${base}/${bits}`, asn)),
        );
        for (const { base, family } of ips) {
          const inside = ranges
            .filter((candidate) => candidate.family === family)
            .filter((candidate) => holds(candidate, base))
            .toSorted((a, b) => b.bits - a.bits);
          expect(find(base)?.asn).toBe(inside[0]?.asn);
        }
      }),
      { numRuns: 300 },
    );
  });
});

interface Cidr {
  base: string;
  bits: number;
  family: "ipv4" | "ipv6";
}

/** The platform's own answer. */
function holds({ base, bits, family }: Cidr, ip: string): boolean {
  const list = new BlockList();
  list.addSubnet(base, bits, family);
  return list.check(ip, family);
}

function blockOf({ base, bits }: Cidr): string {
  const { first, last } = parseRange(`${base}/${bits}`)!;
  return `${first} ${last}`;
}
