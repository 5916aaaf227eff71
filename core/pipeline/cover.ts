import type { Family } from "../finding/finding.ts";
import type { Episode } from "./episode.ts";
import type { Program } from "./program.ts";
import type { Subject } from "../finding/finding.ts";

type Who = Pick<Subject, "identity" | "credential">;

/**
 * The worst open episode that covers a family on an identity or credential: of an incident that is
 * already told, its components are not told again (rule key `covers`).
 */
export function coverOf(
  { coveredBy }: Program,
  open: Iterable<Episode>,
  family: Family,
  who: Who,
): Episode | null {
  const covering = coveredBy.get(family);
  if (!covering) return null;
  for (const episode of open) {
    if (covering.includes(episode.family) && isSame(episode.subject, who)) return episode;
  }
  return null;
}

/** Open episodes on the same identity, credential or flow, for `related`. */
export function kinOf(open: Iterable<Episode>, who: Subject): Episode[] {
  const kin: Episode[] = [];
  for (const episode of open) {
    const { flow } = episode.subject;
    if (isSame(episode.subject, who) || (flow !== null && flow === who.flow)) kin.push(episode);
  }
  return kin;
}

function isSame(a: Who, b: Who): boolean {
  return (
    (a.credential !== null && a.credential === b.credential) ||
    (a.identity !== null && a.identity === b.identity)
  );
}
