import { type Address, type AddressRange, parseAddress } from "./address.ts";

/** What a site knows of a network: its autonomous system, its country (ISO 3166-1, two letters). */
export interface NetworkFacts {
  asn?: number;
  country?: string;
}

/** The facts of one CIDR range. */
export interface NetworkRange extends AddressRange {
  facts: NetworkFacts;
}

/** Answers the facts of an address; null where no range holds it, or the text is no address. */
export type NetworkLookup = (ip: string) => NetworkFacts | null;

const MAX_REMEMBERED = 10_000;

/**
 * Makes the lookup of many ranges. CIDR ranges lie apart or inside each other; the innermost one wins
 * as a whole. A search takes log₂ of their number; addresses seen lately are remembered.
 */
export function createNetworkLookup(ranges: readonly NetworkRange[]): NetworkLookup {
  const { starts, facts } = flatten(ranges);
  const remembered = new Map<string, NetworkFacts | null>();
  return (ip) => {
    const known = remembered.get(ip);
    if (known !== undefined) return known;
    const address = parseAddress(ip);
    const found = address === null ? null : (facts[lastAtOrBefore(starts, address)] ?? null);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(ip, found);
    return found;
  };
}

/** Stretches without a gap: `facts[i]` holds from `starts[i]` to the next start. */
interface Stretches {
  starts: Address[];
  facts: (NetworkFacts | null)[];
}

/** Lays nested ranges out flat: where one begins its facts begin, where it ends those around it go on. */
function flatten(ranges: readonly NetworkRange[]): Stretches {
  const flat: Stretches = { starts: [], facts: [] };
  const open: NetworkRange[] = [];
  const closeBefore = (address: Address | null): void => {
    for (let inner = open.at(-1); inner; inner = open.at(-1)) {
      if (address !== null && inner.last >= address) return;
      open.pop();
      begin(flat, inner.last + 1n, open.at(-1)?.facts ?? null);
    }
  };
  for (const range of ranges.toSorted(outerFirst)) {
    closeBefore(range.first);
    begin(flat, range.first, range.facts);
    open.push(range);
  }
  closeBefore(null);
  return flat;
}

/** A stretch that begins where the last one did takes its place. */
function begin({ starts, facts }: Stretches, start: Address, of: NetworkFacts | null): void {
  if (starts.at(-1) === start) starts.pop();
  facts[starts.length] = of;
  starts.push(start);
}

function outerFirst(a: AddressRange, b: AddressRange): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

/** Index of the last start that is not above the address; -1 where all are. */
function lastAtOrBefore(starts: readonly Address[], address: Address): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
