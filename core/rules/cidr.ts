import { parseAddress, parseRange } from "../network/address.ts";

/** A test whether an address lies in a range (`198.51.100.0/24`, `2001:db8::/32`); null where the text is no range. */
export function parseCidr(text: string): ((address: string) => boolean) | null {
  const range = parseRange(text);
  if (!range) return null;
  return (given) => {
    const address = parseAddress(given);
    return address !== null && range.first <= address && address <= range.last;
  };
}
