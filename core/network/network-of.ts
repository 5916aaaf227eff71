/** The network of a caller: the autonomous system, else the /24 of an IPv4 address. */
export function networkOf(
  ip: string | undefined,
  asn: string | number | undefined,
): string | undefined {
  if (asn !== undefined) return `AS${asn}`;
  const end = ip?.lastIndexOf(".") ?? -1;
  return end > 0 ? ip!.slice(0, end) : undefined;
}
