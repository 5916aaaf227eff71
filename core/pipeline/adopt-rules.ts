import type { RuleFile } from "../rules/rule.ts";
import type { Episodes } from "./correlate.ts";
import type { Program } from "./program.ts";
import type { PartitionState } from "./state.ts";

/** The rule set a partition's state was made by. */
export type RulesInEffect = Pick<Program, "digest" | "shapes">;

/**
 * Makes a state fit for a rule set. Kept are the states of rules whose shape stays, and the running
 * episodes; a rule that left the set takes its states and open findings with it, as they were last told.
 */
export function adoptRules({ digest, shapes, byId }: Program, state: PartitionState): void {
  const before = state.rules?.shapes;
  for (const { detectors, episodes } of state.tenants.values()) {
    for (const id of detectors.keys()) {
      if (before?.get(id) !== shapes.get(id)) detectors.delete(id);
    }
    retire(episodes, byId);
  }
  state.rules = { digest, shapes };
}

/** Takes what rules that left have said out of the running episodes; one of which nothing is left is over. */
function retire(episodes: Episodes, byId: ReadonlyMap<string, RuleFile>): void {
  const { open, closed } = episodes;
  for (const [key, episode] of open) {
    episode.tallies = episode.tallies.filter(({ rule }) => byId.has(rule));
    if (episode.tallies.length > 0) continue;
    open.delete(key);
    closed.set(key, { id: episode.id, at: episode.lastSeen });
  }
  // Each may be due earlier, by another rule's quiet time.
  episodes.due = -Infinity;
}
