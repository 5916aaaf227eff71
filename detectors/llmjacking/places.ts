import type { Observed } from "#core/detector.ts";
import { grown } from "#core/grown.ts";
import { networkOf } from "#core/network/network-of.ts";
import { clientFamily } from "#core/rules/fields.ts";
import { DAY, HOUR } from "#core/time.ts";
import { type Habits, mark } from "./habits.ts";
import type { Params } from "./params.ts";
import { strengthOf } from "./marks.ts";
import { spreadOver } from "./spread.ts";

const MOST_NETWORKS = 12;
const MOST_CLIENTS = 6;

/** Networks, countries, regions and clients; each is looked at only where it differs from the call before. */
export function observePlaces(
  habits: Habits,
  { event, at }: Observed,
  params: Params,
  hasHistory: boolean,
): boolean {
  const { places } = habits;
  const { ip, asn, country, user_agent: agent } = event.network ?? {};
  let isOdd = false;
  const address = asn?.toString() ?? ip;
  if (address !== undefined && address !== habits.address) {
    habits.address = address;
    const network = networkOf(ip, asn);
    const isNew = learn(habits, "networks", network, MOST_NETWORKS);
    if (isNew && hasHistory) isOdd = mark(habits, at, params, "new_network", 1);
    const networks = network ? spreadOver(places.networks, network, at, HOUR) : 0;
    if (networks >= params.networks && hasHistory) {
      const strength = strengthOf(networks, params.networks);
      isOdd = mark(habits, at, params, "many_networks", networks, strength);
    }
  }
  if (country !== undefined && country !== habits.country) {
    habits.country = country;
    const countries = spreadOver(places.countries, country, at, DAY);
    if (countries >= params.countries && hasHistory) {
      const strength = strengthOf(countries, params.countries);
      isOdd = mark(habits, at, params, "many_countries", countries, strength);
    }
  }
  const region = event.model?.region;
  if (region !== undefined && region !== habits.region) {
    habits.region = region;
    const regions = spreadOver(places.regions, region, at, HOUR);
    if (regions >= params.regions && hasHistory) {
      const strength = strengthOf(regions, params.regions);
      isOdd = mark(habits, at, params, "many_regions", regions, strength);
    }
  }
  if (agent !== undefined && agent !== habits.agent) {
    habits.agent = agent;
    const isNew = learn(habits, "clients", clientFamily(agent), MOST_CLIENTS);
    if (isNew && hasHistory) isOdd = mark(habits, at, params, "new_client", 1);
  }
  return isOdd;
}

/** True where the value is new. Beyond the bound nothing is. */
function learn(
  habits: Habits,
  kind: "networks" | "clients",
  value: string | undefined,
  most: number,
): boolean {
  const known = habits[kind];
  if (value === undefined || known.includes(value) || known.length >= most) return false;
  habits[kind] = grown(known, value);
  return true;
}
