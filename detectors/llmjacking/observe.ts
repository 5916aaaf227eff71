import { baselineOf } from "#core/baseline/hour-series.ts";
import type { AdminAction, DetectorContext, IdentitySeries, Observed } from "#core/detector.ts";
import type { UsageEvent } from "#core/event.ts";
import { networkOf } from "#core/network.ts";
import { clientFamily } from "#core/rules/fields.ts";
import { DAY, type EventTime, HOUR, MINUTE } from "#core/time.ts";
import { type AdminHabits, createAdminHabits, observeAdmin } from "./admin.ts";
import { createDayShape, type DayShape, wakingHours } from "./day-shape.ts";
import type { Params } from "./params.ts";
import { addMark, type Marks, type Sign, strengthOf } from "./signs.ts";
import { createSpread, type Spread, spreadOver } from "./spread.ts";

/** What is known of one credential: plain JSON of about four kilobytes at most. */
export interface Habits {
  since: EventTime;
  last: EventTime;
  /** Newest event of any kind; `last` is the newest call. */
  seen: EventTime;
  calls: number;
  /** Models with the time of their newest call. */
  models: { value: string; at: EventTime }[];
  networks: string[];
  clients: string[];
  /** More of these at once than ever is a credential in many hands. */
  places: { countries: Spread; networks: Spread; regions: Spread };
  /** Newest country and region, which the next call mostly shows again. */
  country: string;
  region: string;
  admin: AdminHabits;
  day: DayShape;
  tags: { carried: number; missing: number };
  /** What the newest call showed, which the next one mostly shows again. */
  address: string;
  agent: string;
  /** Zero-token validation errors of the last minutes and refusals of the last hour, by event time. */
  probes: { at: EventTime; model: string }[];
  denied: EventTime[];
  /** The most models in 15 minutes so far. */
  mostModels: number;
  /** Since a long silence ended: the hour and its calls. */
  awake: { since: EventTime; hour: number; calls: number } | null;
  marks: Marks;
}

const MOST_MODELS = 12;
const MOST_NETWORKS = 12;
const MOST_CLIENTS = 6;
const MOST_PROBES = 9;
const MOST_DENIED = 12;
/** Share of calls with tags that makes their absence odd. */
const ALWAYS = 0.95;
const PROBE_WINDOW = MINUTE;
const MODEL_WINDOW = 15 * MINUTE;
/** An accepted event is late by this at most. */
const LATENESS = 10 * MINUTE;

export function createHabits(): Habits {
  return {
    since: 0,
    last: 0,
    seen: 0,
    calls: 0,
    models: [],
    networks: [],
    clients: [],
    places: { countries: createSpread(), networks: createSpread(), regions: createSpread() },
    country: "",
    region: "",
    admin: createAdminHabits(),
    day: createDayShape(),
    tags: { carried: 0, missing: 0 },
    address: "",
    agent: "",
    probes: [],
    denied: [],
    mostModels: 0,
    awake: null,
    marks: {},
  };
}

/** Learns from one event, and marks what is unlike the credential. True where the event is part of that. */
export function observe(
  habits: Habits,
  observed: Observed,
  params: Params,
  admin: readonly AdminAction[],
): boolean {
  const { event, at } = observed;
  const hasHistory =
    habits.calls >= params.history_calls && at - habits.since >= params.history_days * DAY;
  const isAudit = event.type === "audit";
  habits.seen = Math.max(habits.seen, at);
  let isOdd = false;
  if (admin.length > 0) {
    const isUse = !isAudit && event.outcome?.status === "ok";
    const call = { at, isUse, hasHistory };
    isOdd = observeAdmin(habits.admin, habits.marks, admin, call, params);
  }
  if (isAudit) {
    if (event.audit?.action !== "access.denied") return isOdd;
    return markDenied(habits, at, params);
  }
  if (observeModels(habits, observed, params, hasHistory)) isOdd = true;
  if (observePlaces(habits, observed, params, hasHistory)) isOdd = true;
  if (observeTags(habits, observed, params, hasHistory)) isOdd = true;
  if (observeOutcome(habits, observed, params)) isOdd = true;
  const hours = wakingHours(habits.day, at);
  if (hours >= params.waking_hours && hasHistory) {
    mark(habits, at, params, "round_the_clock", hours);
  }
  const awake = wakeUp(habits, at, params);
  if (awake >= params.dormant_calls) {
    isOdd = mark(habits, at, params, "reactivated", awake, strengthOf(awake, params.dormant_calls));
  }
  habits.since = habits.calls === 0 ? at : Math.min(habits.since, at);
  habits.last = Math.max(habits.last, at);
  habits.calls += 1;
  return isOdd;
}

function observeModels(
  habits: Habits,
  { event, at }: Observed,
  params: Params,
  hasHistory: boolean,
): boolean {
  const model = event.model?.requested ?? event.model?.served;
  if (model === undefined) return false;
  let isOdd = false;
  const isNew = useModel(habits, model, at, params);
  if (isNew && hasHistory) isOdd = mark(habits, at, params, "new_model", 1);
  const { models } = params;
  if (!enumerates(habits, at) || habits.mostModels < models) return isOdd;
  const { mostModels } = habits;
  return mark(habits, at, params, "model_enumeration", mostModels, strengthOf(mostModels, models));
}

/** Networks, countries, regions and clients; each is looked at only where it differs from the call before. */
function observePlaces(
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
    const isNew = isUnknown(habits.networks, network, MOST_NETWORKS);
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
    const isNew = isUnknown(habits.clients, clientFamily(agent), MOST_CLIENTS);
    if (isNew && hasHistory) isOdd = mark(habits, at, params, "new_client", 1);
  }
  return isOdd;
}

/** What callers say of themselves and no directory can fill in; a thief does not know what to say. */
function observeTags(
  habits: Habits,
  { event, at }: Observed,
  params: Params,
  hasHistory: boolean,
): boolean {
  const { tags } = habits;
  const { customer, tags: own } = event.attribution ?? {};
  if (event.flow?.workflow !== undefined || customer !== undefined || own !== undefined) {
    tags.carried += 1;
    tags.missing = 0;
    return false;
  }
  tags.missing += 1;
  if (!hasHistory || tags.missing < params.untagged) return false;
  if (tags.carried < params.history_calls) return false;
  if (tags.carried < ALWAYS * (habits.calls + 1 - tags.missing)) return false;
  return mark(habits, at, params, "untagged", tags.missing);
}

function observeOutcome(habits: Habits, { event, at }: Observed, params: Params): boolean {
  const { outcome } = event;
  if (outcome === undefined || outcome.status === "ok") return false;
  if (isDenied(event)) return markDenied(habits, at, params);
  if (!isProbe(event)) return false;
  const { requested, served } = event.model ?? {};
  const { calls, models } = addProbe(habits, at, requested ?? served ?? "");
  const strength = Math.max(
    calls >= params.probes ? strengthOf(calls, params.probes) : 0,
    models >= params.probed_models ? strengthOf(models, params.probed_models) : 0,
  );
  if (strength > 0) mark(habits, at, params, "zero_token_probe", calls, strength);
  return true;
}

function markDenied(habits: Habits, at: EventTime, params: Params): true {
  const calls = addDenied(habits, at);
  if (calls >= params.denied) {
    mark(habits, at, params, "access_denied", calls, strengthOf(calls, params.denied));
  }
  return true;
}

/**
 * Marks an hour above the own peak hours, as the usage-anomaly detector judges it. Beside refused calls
 * only the spend is asked: a client that fails in a loop makes many calls and uses nothing.
 */
export function observeVolume(
  { marks }: Habits,
  at: EventTime,
  params: Params,
  { series, impact }: DetectorContext,
): void {
  if (!series || series.calls.recent[0]! < impact.min_calls_hour) return;
  const isRefused = marks.zero_token_probe !== undefined || marks.access_denied !== undefined;
  const ofCalls = isRefused ? 0 : excess(series, "calls", params);
  const ratio = Math.max(ofCalls, excess(series, "spend", params));
  if (ratio <= 1) return;
  addMark(marks, "own_peak", { at, value: ratio, strength: strengthOf(ratio, 1) }, params);
}

/** The running hour over what two hours, or one alone, may have; 0 without an own peak. */
function excess(series: IdentitySeries, metric: "calls" | "spend", params: Params): number {
  const [current = 0, previous = 0] = series[metric].recent;
  const { peak, activeHours } = baselineOf(series[metric]);
  if (activeHours < params.min_active_hours || peak <= 0) return 0;
  const high = params.sustained * peak;
  const isSustained = current > high && previous > high;
  return isSustained ? current / high : current / (params.sudden * peak);
}

function mark(
  { marks }: Habits,
  at: EventTime,
  params: Params,
  sign: Sign,
  value: number,
  strength = 1,
): true {
  addMark(marks, sign, { at, strength, value }, params);
  return true;
}

/** True where the model is unknown or was not used for long. Beyond the bound nothing is new. */
function useModel({ models }: Habits, model: string, at: EventTime, params: Params): boolean {
  for (const known of models) {
    if (known.value !== model) continue;
    const isStale = at - known.at > params.unused_days * DAY;
    known.at = Math.max(known.at, at);
    return isStale;
  }
  if (models.length >= MOST_MODELS) return false;
  models.push({ value: model, at });
  return true;
}

/** True where the last 15 minutes show more models than ever before. */
function enumerates(habits: Habits, at: EventTime): boolean {
  let models = 0;
  for (const known of habits.models) if (known.at > at - MODEL_WINDOW) models += 1;
  if (models <= habits.mostModels) return false;
  habits.mostModels = models;
  return true;
}

function isUnknown(known: string[], value: string | undefined, most: number): boolean {
  if (value === undefined || known.includes(value) || known.length >= most) return false;
  known.push(value);
  return true;
}

function isProbe({ outcome, usage }: UsageEvent): boolean {
  if (outcome?.error_class !== "validation") return false;
  return (usage?.input_tokens ?? 0) === 0 && (usage?.output_tokens ?? 0) === 0;
}

function isDenied({ outcome }: UsageEvent): boolean {
  const { status, error_class } = outcome ?? {};
  return error_class === "access_denied" || (status === "denied" && error_class === undefined);
}

function addProbe(
  { probes }: Habits,
  at: EventTime,
  model: string,
): { calls: number; models: number } {
  probes.push({ at, model });
  probes.sort((a, b) => a.at - b.at);
  const oldest = probes.at(-1)!.at - PROBE_WINDOW - LATENESS;
  while (probes.length > MOST_PROBES || probes[0]!.at < oldest) probes.shift();
  let calls = 0;
  let models = 0;
  for (const { at: end } of probes) {
    if (end < at || end >= at + PROBE_WINDOW) continue;
    const window = probes.filter((probe) => probe.at > end - PROBE_WINDOW && probe.at <= end);
    calls = Math.max(calls, window.length);
    models = Math.max(models, new Set(window.map((probe) => probe.model)).size);
  }
  return { calls, models };
}

function addDenied({ denied }: Habits, at: EventTime): number {
  denied.push(at);
  denied.sort((a, b) => a - b);
  const newest = denied.at(-1)!;
  while (denied.length > MOST_DENIED || denied[0]! <= newest - HOUR) denied.shift();
  return denied.length;
}

/** Calls of the running hour since a long silence ended; 0 where there was none. */
function wakeUp(habits: Habits, at: EventTime, { dormant_days, keep_days }: Params): number {
  const { calls, last } = habits;
  if (calls > 0 && at - last >= dormant_days * DAY) {
    habits.awake = { since: at, hour: -1, calls: 0 };
  }
  const { awake } = habits;
  if (!awake) return 0;
  if (at - awake.since > keep_days * DAY) {
    habits.awake = null;
    return 0;
  }
  const hour = Math.floor((at - awake.since) / HOUR);
  if (hour > awake.hour) {
    awake.hour = hour;
    awake.calls = 0;
  }
  awake.calls += 1;
  return awake.calls;
}
