import { z } from "zod";
import { type FileProblem, parseLocated } from "../located.ts";
import { parseAddress, parseRange } from "../network/address.ts";
import type { NetworkRange } from "../network/ranges.ts";
import { below, type Entry, placeOf, type SiteFile, SiteText } from "./entry.ts";
import { parseTable } from "./table.ts";

const MOST_ASN = 2 ** 32 - 1;

const Cidr = SiteText.transform((text, context) => {
  const range = parseRange(text);
  if (range && parseAddress(text.slice(0, text.indexOf("/"))) === range.first) return range;
  context.addIssue(
    range
      ? "has address bits behind its length: begin it with its first address"
      : "must be a range like 198.51.100.0/24 or 2001:db8::/32",
  );
  return z.NEVER;
});

const Asn = z.union([z.string(), z.number()]).transform((value, context) => {
  const asn = /^(AS)?\d{1,10}$/.test(String(value)) ? Number(String(value).replace("AS", "")) : 0;
  if (asn >= 1 && asn <= MOST_ASN) return asn;
  context.addIssue("must be the number of an autonomous system, like 64500");
  return z.NEVER;
});

const Network = z.strictObject({
  cidr: Cidr.describe("IPv4 or IPv6 range. Of ranges inside each other the innermost one counts."),
  asn: Asn.optional().describe("Number of the autonomous system, `64500` or `AS64500`."),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "must be two capital letters (ISO 3166-1)")
    .optional()
    .describe("Country, two capital letters (ISO 3166-1)."),
});

/** What the operator knows of networks, as a YAML file holds it. */
export const NetworksFile = z.strictObject({
  networks: z.array(Network).describe("Address ranges with their autonomous system and country."),
});

/** Parses a YAML range file. */
export function parseNetworksYaml(file: string, text: string): SiteFile<NetworkRange> {
  const { value, problems, at } = parseLocated(file, text, NetworksFile);
  const networks = value?.networks.map((network, i) => ({
    value: network,
    at: below(at, ["networks", i]),
  }));
  return toRanges({ entries: networks ?? [], problems });
}

/** Parses a CSV range file: a header row `cidr,asn,country`, an empty cell for what is unknown. */
export function parseNetworksCsv(file: string, text: string): SiteFile<NetworkRange> {
  const columns = Object.keys(Network.shape);
  return toRanges(parseTable(file, text, { row: Network, columns, required: ["cidr"] }));
}

/** Every range says something, and is there once. */
function toRanges(parsed: SiteFile<z.infer<typeof Network>>): SiteFile<NetworkRange> {
  const ranges = new Map<string, Entry<NetworkRange>>();
  const problems: FileProblem[] = [...parsed.problems];
  for (const { value, at } of parsed.entries) {
    const { cidr, asn, country } = value;
    const facts = { ...(asn && { asn }), ...(country && { country }) };
    const entry = { value: { ...cidr, facts: Object.freeze(facts) }, at };
    const key = `${cidr.first.toString(16)}-${cidr.last.toString(16)}`;
    const other = ranges.get(key);
    if (other) problems.push(at(["cidr"], `is also given at ${placeOf(other, ["cidr"])}`));
    else if (!asn && !country) problems.push(at(["cidr"], "has neither asn nor country"));
    else ranges.set(key, entry);
  }
  return { entries: [...ranges.values()], problems: problems.toSorted((a, b) => a.line - b.line) };
}
