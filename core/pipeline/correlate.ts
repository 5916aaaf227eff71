import type { Entity, Observed, Signal } from "../detector.ts";
import { findingId } from "../finding/finding-id.ts";
import type { MachineEntry } from "../finding/finding-log.ts";
import { levelHolds, severityCap } from "../rules/level.ts";
import type { RuleFile } from "../rules/rule.ts";
import { atMost, type Impact, rank, severityByImpact, type Severity, worse } from "../severity.ts";
import { type EventTime, HOUR, MINUTE } from "../time.ts";
import { coverOf, kinOf } from "./cover.ts";
import { addSignal, type Episode, openEpisode } from "./episode.ts";
import { addEvidence } from "./evidence.ts";
import type { Program } from "./program.ts";
import { leadOf, projectedDaily, type Tally } from "./tally.ts";
import { isTold, isWorthTelling, tell } from "./tell.ts";

/** The running and the last finished episodes of one tenant, by family and entity. */
export interface Episodes {
  open: Map<string, Episode>;
  /** Id of the last closed episode, for `related`. */
  closed: Map<string, { id: string; at: EventTime }>;
  /** No episode has to be looked at before this time. */
  due: EventTime;
}

/** Changed figures are told after this long without a new signal; it is also what a trailing tick must reach. */
export const SETTLE = 10 * MINUTE;

const MOST_RELATED = 8;
const CLOSED_MEMORY = 30 * 24 * HOUR;

export function createEpisodes(): Episodes {
  return { open: new Map(), closed: new Map(), due: Infinity };
}

/**
 * Joins a signal to the episode of its family and entity, opening one where none runs. Returns the
 * severity of that episode, or null where an open one of another family covers it; entries for the
 * finding log go to `out`: opened, worse, notably larger, or an hour older.
 */
export function correlate(
  program: Program,
  episodes: Episodes,
  rule: RuleFile,
  signal: Signal,
  observed: Observed,
  out: MachineEntry[],
): Severity | null {
  const { tenant } = observed.event;
  const key = episodeKey(rule.family, signal.entity);
  endSurpassed(program, tenant, episodes, rule, key, signal, observed.at, out);
  const running = episodes.open.get(key);
  const episode = running ?? openEpisode(rule.family, signal, observed);
  const tally = addSignal(episode, rule, signal, observed);
  tally.severity = worse(tally.severity, severityOf(rule, tally, program.impact));
  const { severity } = leadOf(episode);
  if (!running) {
    // A covered signal joins what covers it unless it is worse: nothing bad is hidden.
    const cover = coverOf(program, episodes.open.values(), rule.family, episode.subject);
    if (cover && rank(leadOf(cover).severity) >= rank(severity)) {
      if (!cover.joined.has(rule.id)) cover.joined.set(rule.id, signal.since);
      return null;
    }
    episode.id = findingId(tenant, rule.family, signal.entity, observed.at);
    relate(episodes, key, episode);
    episodes.open.set(key, episode);
  }
  addEvidence(episode, tally, signal, observed);
  if (isWorthTelling(episode, observed.at)) tell(program, tenant, episode, observed.at, out);
  const due = episode.lastSeen + (isTold(episode) ? quietOf(program, episode) : SETTLE);
  episodes.due = Math.min(episodes.due, due);
  return severity;
}

/**
 * Ends the running episode where the signal is so much larger than all before its running spell that it
 * is another thing. A spell is as long as `anew.after`: what grows within the first one stays one episode.
 */
function endSurpassed(
  program: Program,
  tenant: string,
  episodes: Episodes,
  rule: RuleFile,
  key: string,
  { level = 0 }: Signal,
  at: EventTime,
  out: MachineEntry[],
): void {
  const running = episodes.open.get(key);
  const { anew } = rule.episode;
  if (!running || !anew) return;
  if (at >= running.spell + anew.after) {
    running.levelBefore = Math.max(running.levelBefore, running.level);
    running.level = 0;
    running.spell = at;
  }
  if (running.levelBefore === 0 || level <= running.levelBefore * anew.above) return;
  end(program, tenant, episodes, key, running, at, out);
}

function end(
  program: Program,
  tenant: string,
  episodes: Episodes,
  key: string,
  episode: Episode,
  at: EventTime,
  out: MachineEntry[],
): void {
  tell(program, tenant, episode, at, out, at);
  episodes.open.delete(key);
  episodes.closed.set(key, { id: episode.id, at });
}

/** Names the last episode of the same kind and, of what is open, the worst on the same identity, credential or flow. */
function relate({ open, closed }: Episodes, key: string, episode: Episode): void {
  const before = closed.get(key);
  const kin = kinOf(open.values(), episode.subject).toSorted(
    (a, b) => rank(leadOf(b).severity) - rank(leadOf(a).severity),
  );
  episode.related = [
    ...(before ? [before.id] : []),
    ...kin.slice(0, MOST_RELATED).map(({ id }) => id),
  ];
}

/** Closes what has been quiet long enough and tells what changed since it was last told. */
export function settle(
  tenant: string,
  episodes: Episodes,
  program: Program,
  now: EventTime,
  out: MachineEntry[],
): void {
  if (now < episodes.due) return;
  episodes.due = Infinity;
  for (const [key, episode] of episodes.open) {
    const quietAt = episode.lastSeen + quietOf(program, episode);
    if (now >= quietAt) {
      end(program, tenant, episodes, key, episode, quietAt, out);
      continue;
    }
    if (!isTold(episode) && now >= episode.lastSeen + SETTLE) {
      tell(program, tenant, episode, episode.lastSeen + SETTLE, out);
    }
    episodes.due = Math.min(episodes.due, isTold(episode) ? quietAt : episode.lastSeen + SETTLE);
  }
}

export function forgetClosed(episodes: Episodes, now: EventTime): void {
  episodes.closed.forEach(({ at }, key) => {
    if (at < now - CLOSED_MEMORY) episodes.closed.delete(key);
  });
}

function episodeKey(family: string, { type, id }: Entity): string {
  return `${family}\0${type}\0${id}`;
}

/** The worst level that holds, or what the money says; medium at most where the baseline is not the entity's own. */
function severityOf(rule: RuleFile, tally: Tally, impact: Impact): Severity {
  const daily = projectedDaily(tally);
  let severity: Severity =
    rule.severity === "impact" ? severityByImpact(daily, impact) : rule.severity;
  for (const level of rule.levels) {
    if (levelHolds(level, tally.facts, daily, impact)) severity = worse(severity, level.severity);
  }
  return atMost(severity, severityCap(tally.facts));
}

/** How long it must be quiet to be over: by the rule that speaks for it. */
function quietOf({ byId }: Program, episode: Episode): number {
  return byId.get(leadOf(episode).rule)!.episode.quiet;
}
