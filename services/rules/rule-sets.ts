import type { Logger } from "pino";
import { MeterhoundError, messageOf } from "#core/errors.ts";
import { createProgram, type Program } from "#core/pipeline/program.ts";
import type { Impact } from "#core/severity.ts";
import { fingerprintOf, loadRules } from "./load.ts";

/** The rule sets that this process has loaded, the newest of which it wants to run. */
export interface RuleSets {
  current(): Program;
  /** A set by its digest; null where this process never loaded it, or long ago. */
  find(digest: string): Program | null;
  /**
   * Reads the files again. The set they make becomes the current one where all of it is right, else
   * everything that is wrong is logged and the one before goes on. True where the current set is another.
   */
  reload(): boolean;
  /** True while the files hold something that cannot be used. */
  isRefused(): boolean;
}

/** Sets kept beside the current one, for partitions whose log is still behind a reload. */
const KEPT = 8;

/** Loads the rules under a path. Throws MH_FILE_UNREADABLE, MH_RULES_INVALID with every problem. */
export function openRuleSets(path: string, impact: Impact, log: Logger): RuleSets {
  let current = createProgram(loadRules(path), impact);
  const known = new Map([[current.digest, current]]);
  let refused = false;

  const refuse = (error: unknown): false => {
    if (!(error instanceof MeterhoundError)) throw error;
    refused = true;
    const problems = messageOf(error).split("\n");
    const { code, entry } = error;
    const { digest } = current;
    log.error({ event: "rules.refused", code, problems, remedy: entry.remedy, running: digest });
    return false;
  };
  const take = (next: Program): boolean => {
    refused = false;
    const from = current;
    if (next.digest === from.digest) {
      log.info({ event: "rules.unchanged", running: from.digest });
      return false;
    }
    current = next;
    known.delete(next.digest);
    known.set(next.digest, next);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
    log.info({
      event: "rules.reloaded",
      from: from.digest,
      to: next.digest,
      ...changes(from, next),
    });
    return true;
  };
  return {
    current: () => current,
    find: (digest) => known.get(digest) ?? null,
    reload() {
      try {
        const before = fingerprintOf(path);
        const next = createProgram(loadRules(path), impact);
        if (fingerprintOf(path) === before) return take(next);
        throw new MeterhoundError("MH_RULES_INVALID", {
          problems: `${path}: files changed while they were read`,
        });
      } catch (error) {
        return refuse(error);
      }
    },
    isRefused: () => refused,
  };
}

function changes(from: Program, to: Program): Record<"added" | "removed" | "changed", string[]> {
  const ids = [...to.byId.keys()];
  const isOther = (id: string): boolean =>
    JSON.stringify(from.byId.get(id)) !== JSON.stringify(to.byId.get(id));
  return {
    added: ids.filter((id) => !from.byId.has(id)),
    removed: [...from.byId.keys()].filter((id) => !to.byId.has(id)),
    changed: ids.filter((id) => from.byId.has(id) && isOther(id)),
  };
}
