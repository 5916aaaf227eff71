/** A test whether an address lies in an IPv4 range (`198.51.100.0/24`); null where the text is no range. */
export function parseCidr(range: string): ((address: string) => boolean) | null {
  const [base = "", length = ""] = range.split("/");
  const network = parseIpv4(base);
  const bits = Number(length);
  if (network === null || !/^\d\d?$/.test(length) || bits > 32) return null;
  const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
  const wanted = (network & mask) >>> 0;
  return (address) => {
    const given = parseIpv4(address);
    return given !== null && (given & mask) >>> 0 === wanted;
  };
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
