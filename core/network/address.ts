/** An IP address as one number: IPv6 as it is, IPv4 as the IPv6 address it maps to (`::ffff:0:0/96`, RFC 4291). */
export type Address = bigint;

/** Every address of one CIDR range, both ends included. */
export interface AddressRange {
  first: Address;
  last: Address;
}

const BITS = 128;
const MAPPED = 0xffff_0000_0000;
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;

/** Parses a dotted IPv4 or an IPv6 address; null where the text is neither (a port, a zone, a name). */
export function parseAddress(text: string): Address | null {
  if (text.includes(":")) return parseIpv6(text);
  const word = parseIpv4(text);
  return word === null ? null : BigInt(MAPPED + word);
}

/** Parses `198.51.100.0/24` or `2001:db8::/32`; null where the text is no range. Bits behind the length do not count. */
export function parseRange(text: string): AddressRange | null {
  const [base = "", length = "", ...rest] = text.split("/");
  const address = parseAddress(base);
  const bits = Number(length) + (base.includes(":") ? 0 : BITS - 32);
  if (address === null || !/^\d{1,3}$/.test(length) || bits > BITS || rest.length > 0) return null;
  const size = 1n << BigInt(BITS - bits);
  const first = address - (address % size);
  return { first, last: first + size - 1n };
}

/** The address as an unsigned word; null where the text is no dotted IPv4 address. */
function parseIpv4(text: string): number | null {
  let word = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? 46 /* . */ : text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0) return null;
      word = word * 256 + octet;
      octet = -1;
      octets += 1;
    } else {
      if (code < 48 || code > 57) return null;
      octet = Math.max(octet, 0) * 10 + code - 48;
      if (octet > 255) return null;
    }
  }
  return octets === 4 ? word : null;
}

/** Eight groups of hexadecimal digits; `::` once for one or more groups of zeros; the last two as dotted IPv4. */
function parseIpv6(text: string): Address | null {
  const [before = "", after, ...rest] = text.split("::");
  if (rest.length > 0) return null;
  const head = groupsOf(before, after === undefined);
  const tail = groupsOf(after ?? "", true);
  if (head === null || tail === null) return null;
  const zeros = 8 - head.length - tail.length;
  if (after === undefined ? zeros !== 0 : zeros < 1) return null;
  const groups = [...head, ...Array<string>(zeros).fill("0"), ...tail];
  return BigInt(`0x${groups.map((group) => group.padStart(4, "0")).join("")}`);
}

function groupsOf(text: string, endsAddress: boolean): string[] | null {
  if (text === "") return [];
  const groups = text.split(":");
  const last = groups.at(-1)!;
  if (endsAddress && last.includes(".")) {
    const word = parseIpv4(last);
    if (word === null) return null;
    groups.splice(-1, 1, (word >>> 16).toString(16), (word & 0xffff).toString(16));
  }
  return groups.every((group) => HEX_GROUP.test(group)) ? groups : null;
}
