import { findingBody } from "../finding/body.ts";
import type { MachineEntry } from "../finding/finding-log.ts";
import { usdNumber } from "../money.ts";
import { rank } from "../severity.ts";
import { type EventTime, formatTime, HOUR, MINUTE } from "../time.ts";
import type { Episode } from "./episode.ts";
import type { Program } from "./program.ts";
import { excessOf, leadOf } from "./tally.ts";

/** A growing episode is told of when its excess grew by this factor, or after an hour, not more often than once a minute. */
const GROWTH = 1.2;

/** True where the last entry says what the episode has come to. */
export function isTold(episode: Episode): boolean {
  const { rule, calls } = leadOf(episode);
  return episode.told?.calls === calls && episode.told.rule === rule;
}

/** True where it is new, worse, notably larger, or an hour older. */
export function isWorthTelling(episode: Episode, now: EventTime): boolean {
  const { told } = episode;
  const lead = leadOf(episode);
  if (!told || rank(lead.severity) > rank(told.severity)) return true;
  const age = now - told.at;
  if (age < MINUTE) return false;
  const excess = excessOf(lead);
  const grown =
    excess === null || told.excess === null
      ? lead.calls >= told.calls * GROWTH
      : usdNumber(excess) >= Math.max(0, usdNumber(told.excess)) * GROWTH && excess > 0n;
  return grown || age >= HOUR;
}

/** Writes down what the episode has come to; with a time, that it is closed. */
export function tell(
  { byId }: Program,
  tenant: string,
  episode: Episode,
  at: EventTime,
  out: MachineEntry[],
  closed: EventTime | null = null,
): void {
  const lead = leadOf(episode);
  const rule = byId.get(lead.rule)!;
  episode.entries += 1;
  out.push({
    kind: closed !== null ? "closed" : episode.told ? "updated" : "opened",
    id: `${episode.id}.m.${episode.entries}`,
    finding: episode.id,
    tenant,
    at: formatTime(at),
    body: findingBody(tenant, episode, rule, closed),
  });
  const { severity, calls } = lead;
  episode.told = { at, rule: rule.id, severity, calls, excess: excessOf(lead) };
}
