import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress, parseRange } from "#core/network/address.ts";

const letters = fc.string({
  unit: fc.constantFrom("0", "1", "9", "a", "f", ":", "::", "."),
  maxLength: 20,
});

describe("address", () => {
  it("reads IPv4 as the IPv6 address it maps to", () => {
    expect(parseAddress("198.51.100.7")).toBe(0xffff_c633_6407n);
    expect(parseAddress("::ffff:198.51.100.7")).toBe(0xffff_c633_6407n);
    expect(parseAddress("::ffff:c633:6407")).toBe(0xffff_c633_6407n);
  });

  it.each([
    ["::", 0n],
    ["::1", 1n],
    ["1::", 1n << 112n],
    ["2001:DB8::a:0:1", (0x20010db8n << 96n) | (0xan << 32n) | 1n],
    ["1:2:3:4:5:6:7:8", 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ["64:ff9b::192.0.2.33", (0x64ff9bn << 96n) | 0xc000_0221n],
    ["010.0.0.1", 0xffff_0a00_0001n],
  ])("reads %s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each([
    "",
    "198.51.100",
    "198.51.100.256",
    "198.51.100.7:443",
    "[2001:db8::1]",
    "fe80::1%eth0",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::8",
    "12345::",
    ":1",
    "1.2.3.4::",
    "::1.2.3",
    "bedrock.amazonaws.com",
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it("takes what the platform takes", () => {
    const hasZeros = /(^|[.:])0\d/;
    fc.assert(
      fc.property(fc.oneof(letters, fc.ipV6(), fc.ipV4()), (text) => {
        fc.pre(!(text.includes(".") && hasZeros.test(text)));
        expect(parseAddress(text) !== null).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads every way to write an address as the same one", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
        expect(parseAddress(canonical)).toBe(parseAddress(text));
      }),
    );
  });
});

describe("range", () => {
  it.each([
    ["198.51.100.0/24", "198.51.100.0", "198.51.100.255"],
    ["198.51.100.7/24", "198.51.100.0", "198.51.100.255"],
    ["198.51.100.7/32", "198.51.100.7", "198.51.100.7"],
    ["0.0.0.0/0", "0.0.0.0", "255.255.255.255"],
    ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["::1/128", "::1", "::1"],
  ])("%s goes from %s to %s", (range, first, last) => {
    expect(parseRange(range)).toEqual({ first: parseAddress(first), last: parseAddress(last) });
  });

  it.each(["198.51.100.0", "198.51.100.0/33", "198.51.100.0/", "::/129", "10.0.0.0/8/8", "a/8"])(
    "refuses %j",
    (text) => {
      expect(parseRange(text)).toBeNull();
    },
  );
});
