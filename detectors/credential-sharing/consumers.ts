import type { Observed } from "#core/detector.ts";
import { grown } from "#core/grown.ts";
import { networkOf } from "#core/network/network-of.ts";
import { clientFamily } from "#core/rules/fields.ts";
import { DAY, type EventTime, MINUTE } from "#core/time.ts";

/** Someone with a network and a client that the credential's own consumer never had. */
export interface Stranger {
  network: string;
  client: string;
  agent: string;
  since: EventTime;
  last: EventTime;
  /** When it and another consumer called in between each other: the newest few, apart. */
  occasions: EventTime[];
  isReported: boolean;
}

/** Who uses one credential: plain JSON of a few kilobytes at most. */
export interface Consumers {
  since: EventTime;
  calls: number;
  /** What the credential's own consumer showed; one of them in common makes a call its own. */
  networks: string[];
  clients: string[];
  agents: string[];
  /** Its newest call, 0 before the first; and what that showed, which the next one mostly shows again. */
  last: EventTime;
  newest: { ip: string; asn: string | number; userAgent: string; agent: string };
  strangers: Stranger[];
}

/** What is an occasion, and how long the first consumers are learned. */
export interface Habit {
  occasions: number;
  together_minutes: number;
  apart_minutes: number;
  learn_days: number;
  learn_calls: number;
}

const MOST_NETWORKS = 32;
const MOST_CLIENTS = 16;
const MOST_AGENTS = 32;
const MOST_STRANGERS = 4;

export function noConsumers(): Consumers {
  return {
    since: 0,
    calls: 0,
    networks: [],
    clients: [],
    agents: [],
    last: 0,
    newest: { ip: "", asn: "", userAgent: "", agent: "" },
    strangers: [],
  };
}

/**
 * Finds the consumer a call is by, null for the credential's own, and notes an occasion where another
 * one called since its call before.
 */
export function addTo(consumers: Consumers, observed: Observed, habit: Habit): Stranger | null {
  const { at } = observed;
  const stranger = strangerOf(consumers, observed, habit);
  consumers.since = consumers.calls === 0 ? at : Math.min(consumers.since, at);
  consumers.calls += 1;
  const who = stranger ?? consumers;
  const before = who.last;
  who.last = Math.max(before, at);
  if (before === 0 || at - before > habit.together_minutes * MINUTE) return stranger;
  for (const other of consumers.strangers) {
    if (other !== stranger && other.last >= before) note(stranger ?? other, at, habit);
  }
  if (stranger && consumers.last >= before) note(stranger, at, habit);
  return stranger;
}

function note(stranger: Stranger, at: EventTime, { occasions: most, apart_minutes }: Habit): void {
  const { occasions } = stranger;
  const newest = occasions.at(-1);
  if (newest !== undefined && at - newest < apart_minutes * MINUTE) return;
  occasions.push(at);
  if (occasions.length > most) occasions.shift();
}

/** The stranger a call is by; null where it is the credential's own consumer, which learns from it. */
function strangerOf(consumers: Consumers, { event, at }: Observed, habit: Habit): Stranger | null {
  const { newest, strangers } = consumers;
  const { ip = "", asn = "", user_agent: userAgent = "" } = event.network ?? {};
  const agent = event.flow?.agent ?? "";
  const isSame =
    newest.agent === agent &&
    newest.userAgent === userAgent &&
    newest.ip === ip &&
    newest.asn === asn;
  if (isSame) return null;
  const marks = {
    network: networkOf(event.network?.ip, event.network?.asn),
    client: clientFamily(userAgent),
    agent,
  };
  const stranger = findStranger(consumers, marks, at, habit);
  if (stranger) {
    const isHabit = !stranger.isReported && at - stranger.since > habit.learn_days * DAY;
    if (!isHabit) return stranger;
    strangers.splice(strangers.indexOf(stranger), 1);
  }
  learn(consumers, marks);
  consumers.newest = { ip, asn, userAgent, agent };
  return null;
}

interface Marks {
  network: string | undefined;
  client: string | undefined;
  agent: string;
}

function findStranger(
  consumers: Consumers,
  { network, client, agent }: Marks,
  at: EventTime,
  habit: Habit,
): Stranger | null {
  const { networks, clients, agents, strangers } = consumers;
  const isLearning =
    at < consumers.since + habit.learn_days * DAY || consumers.calls < habit.learn_calls;
  const isFull = networks.length >= MOST_NETWORKS || clients.length >= MOST_CLIENTS;
  if (isLearning || isFull || network === undefined || client === undefined) return null;
  if (networks.includes(network) || clients.includes(client) || agents.includes(agent)) return null;
  const known = strangers.find(
    (one) => one.network === network || one.client === client || (agent && one.agent === agent),
  );
  if (known) return known;
  const made: Stranger = {
    network,
    client,
    agent,
    since: at,
    last: 0,
    occasions: [],
    isReported: false,
  };
  if (strangers.length < MOST_STRANGERS) strangers.push(made);
  else {
    // The one that was silent for longest makes room.
    const oldest = strangers.reduce((first, one) => (one.last < first.last ? one : first));
    strangers[strangers.indexOf(oldest)] = made;
  }
  return made;
}

function learn(consumers: Consumers, { network, client, agent }: Marks): void {
  const { networks, clients, agents } = consumers;
  if (network !== undefined) consumers.networks = withValue(networks, network, MOST_NETWORKS);
  if (client !== undefined) consumers.clients = withValue(clients, client, MOST_CLIENTS);
  if (agent !== "") consumers.agents = withValue(agents, agent, MOST_AGENTS);
}

function withValue(known: string[], value: string, most: number): string[] {
  return known.length < most && !known.includes(value) ? grown(known, value) : known;
}
