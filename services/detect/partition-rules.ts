import type { Logger } from "pino";
import { adoptRules } from "#core/pipeline/adopt-rules.ts";
import type { LogEntry } from "#core/pipeline/fold.ts";
import type { Program } from "#core/pipeline/program.ts";
import type { PartitionState } from "#core/pipeline/state.ts";
import type { RuleSets } from "#services/rules/rule-sets.ts";

type RulesEntry = Extract<LogEntry, { kind: "rules" }>;

/** The rule set that one partition is folded with. */
export interface PartitionRules {
  program(): Program;
  /** To be called before a batch: a partition of which nothing is folded begins with the newest set. */
  begin(): void;
  /** Takes up the set an entry names; where this process never loaded it, the running one goes on. */
  follow(entry: RulesEntry): void;
  /** The set whose entry the log lacks for this process's newest to take effect; null where it lacks none. */
  unnamed(): string | null;
  /** An entry that names this set is in the log. */
  named(digest: string): void;
}

/**
 * Goes on with the set the state was made by, where this process has it, until the log names another.
 * Where it has not (a restart with other files) the newest one takes effect at once, and the log is told.
 */
export function createPartitionRules(
  partition: number,
  state: PartitionState,
  rules: RuleSets,
  log: Logger,
): PartitionRules {
  let program = (state.rules && rules.find(state.rules.digest)) ?? rules.current();
  /** What the log says is in effect, or will say once its newest entries are folded. */
  let said = state.rules?.digest ?? program.digest;
  adoptRules(program, state);
  return {
    program: () => program,
    begin() {
      if (state.sequence > 0 || program === rules.current()) return;
      program = rules.current();
      said = program.digest;
      adoptRules(program, state);
    },
    follow({ digest, sequence }) {
      said = digest;
      const next = rules.find(digest);
      if (!next) log.warn({ event: "rules.unknown", partition, digest, running: program.digest });
      if (!next || next === program) return;
      log.info({ event: "rules.in_effect", partition, sequence, from: program.digest, to: digest });
      program = next;
    },
    unnamed() {
      const { digest } = rules.current();
      return state.sequence > 0 && digest !== said ? digest : null;
    },
    named(digest) {
      said = digest;
    },
  };
}
