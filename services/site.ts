import { extname, relative, resolve } from "node:path";
import { createGenaiPrices } from "#adapters/price-book/genai-prices.ts";
import { withOverrides } from "#adapters/price-book/overrides.ts";
import type { OwnershipSources } from "#core/attribution.ts";
import { MeterhoundError } from "#core/errors.ts";
import { createDirectory, type IdentityRecord } from "#core/identity.ts";
import type { FileProblem } from "#core/located.ts";
import { createOwnershipPolicy } from "#core/ownership.ts";
import {
  createNetworkLookup,
  type NetworkLookup,
  type NetworkRange,
} from "#core/network/ranges.ts";
import type { PriceBook } from "#core/price-book.ts";
import type { SiteFile } from "#core/site/entry.ts";
import type { Charge } from "#core/showback/charges.ts";
import type { SharedPolicy } from "#core/showback/shared.ts";
import { joinCharges, parseCharges } from "#core/site/charges.ts";
import { parseIdentitiesCsv, parseIdentitiesYaml } from "#core/site/identities.ts";
import { joinIdentities } from "#core/site/identity-claims.ts";
import { parseNetworksCsv, parseNetworksYaml } from "#core/site/networks.ts";
import { parseOwnership } from "#core/site/ownership.ts";
import { joinPrices, parsePrices } from "#core/site/prices.ts";
import { createShadowTest } from "#core/sources.ts";
import { joinSharedCost, parseSharedCost } from "#core/site/shared-cost.ts";
import { invalidConfig, type Settings } from "#services/config.ts";
import { readText } from "#services/read-text.ts";

/** What the site itself knows: who owns what, its prices, its bills, what usage is shared, whose networks are whose. */
export interface Site {
  ownership: OwnershipSources;
  prices: PriceBook;
  isShadow: (source: string) => boolean;
  charges: readonly Charge[];
  policies: readonly SharedPolicy[];
  /** Null: no range file is named. */
  network: NetworkLookup | null;
}

/** The site's files. */
export type SiteFiles = Pick<
  Settings,
  "identities" | "ownership" | "prices" | "charges" | "showback" | "geo" | "sources"
>;

/** A site that says nothing of itself: nobody owns anything, public prices. */
export const NO_SITE_FILES: SiteFiles = {
  identities: [],
  ownership: [],
  prices: [],
  charges: [],
  showback: [],
  geo: { file: null },
  sources: [],
};

/** Reads the site's own files; fails with every problem of every file at once. */
export async function loadSite(settings: SiteFiles): Promise<Site> {
  const problems: FileProblem[] = [];
  const parse = async <T>(files: readonly string[], parser: Parser<T>): Promise<T[]> => {
    const parsed = await Promise.all(files.map((file) => parseFile(file, parser)));
    return parsed.flatMap((result) => {
      if (!("unreadable" in result)) return [result.parsed];
      problems.push(result.unreadable);
      return [];
    });
  };
  const identities = joinIdentities(await parse(settings.identities, parseIdentities));
  const policies = await parse(settings.ownership, parseOwnership);
  const prices = joinPrices(await parse(settings.prices, parsePrices));
  problems.push(...identities.problems, ...policies.flatMap((policy) => policy.problems));
  const charges = joinCharges(await parse(settings.charges, parseCharges));
  const shared = joinSharedCost(await parse(settings.showback, parseSharedCost));
  const { file } = settings.geo;
  const networks = await parse(file === null ? [] : [file], parseNetworks);
  problems.push(...prices.problems, ...charges.problems, ...shared.problems);
  problems.push(...networks.flatMap((ranges) => ranges.problems));
  if (problems.length > 0) throw invalidConfig(problems);
  return {
    ownership: {
      directory: createDirectory(identities.records),
      policy: createOwnershipPolicy(policies.flatMap(({ rules }) => rules)),
    },
    prices: withOverrides(createGenaiPrices(), prices.overrides),
    isShadow: createShadowTest(settings.sources),
    charges: charges.charges,
    policies: shared.policies,
    network: file === null ? null : createNetworkLookup(networks.flatMap(rangesOf)),
  };
}

type Parser<T> = (file: string, text: string) => T;

async function parseFile<T>(
  file: string,
  parser: Parser<T>,
): Promise<{ parsed: T } | { unreadable: FileProblem }> {
  const name = displayName(file);
  try {
    return { parsed: parser(name, await readText(file)) };
  } catch (error) {
    if (!(error instanceof MeterhoundError)) throw error;
    const message = `cannot be read: ${String(error.details["problem"])}`;
    return { unreadable: { file: name, line: 0, column: 0, path: "", message } };
  }
}

function parseIdentities(file: string, text: string): SiteFile<IdentityRecord> {
  return isCsv(file) ? parseIdentitiesCsv(file, text) : parseIdentitiesYaml(file, text);
}

function parseNetworks(file: string, text: string): SiteFile<NetworkRange> {
  return isCsv(file) ? parseNetworksCsv(file, text) : parseNetworksYaml(file, text);
}

function rangesOf({ entries }: SiteFile<NetworkRange>): NetworkRange[] {
  return entries.map(({ value }) => value);
}

function isCsv(file: string): boolean {
  return extname(file).toLowerCase() === ".csv";
}

/** As a person would name it from where they stand. */
function displayName(file: string): string {
  const path = relative(".", resolve(file));
  return path.startsWith("..") ? file : path;
}
