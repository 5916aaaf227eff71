import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { DETECTORS } from "#detectors/index.ts";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { describeProblem, type FileProblem } from "#core/located.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { compileRules, type RuleSource } from "#core/rules/compile.ts";
import { projectFile } from "../project-file.ts";

/** The rules shipped with the program. */
export const SHIPPED_RULES = projectFile("rules");

/** Reads the rule files under the given files and folders; names beginning with `_` are left out. Throws MH_FILE_UNREADABLE. */
export function readRuleSources(paths: readonly string[]): RuleSource[] {
  return paths.flatMap((path) => {
    try {
      return filesUnder(path).map((file) => ({
        file: shown(file),
        text: readFileSync(file, "utf8"),
      }));
    } catch (error) {
      throw new MeterhoundError(
        "MH_FILE_UNREADABLE",
        { file: path, problem: messageOf(error) },
        { cause: error },
      );
    }
  });
}

/**
 * Tells one state of the rule files under a path from another, by their names, sizes and times; of a path
 * that cannot be read, why not.
 */
export function fingerprintOf(path: string): string {
  try {
    return filesUnder(path)
      .map((file) => {
        const { size, mtimeMs, ctimeMs, ino } = statSync(file);
        return [file, size, mtimeMs, ctimeMs, ino].join(" ");
      })
      .join("\n");
  } catch (error) {
    return messageOf(error);
  }
}

/** Compiles them; what is wrong is returned, not thrown. */
export function checkRules(paths: readonly string[]): {
  rules: CompiledRule[];
  problems: FileProblem[];
} {
  return compileRules(readRuleSources(paths), DETECTORS);
}

/** The rule set of a run: all of it or none. Throws MH_RULES_INVALID with every problem. */
export function loadRules(paths: string | readonly string[] = SHIPPED_RULES): CompiledRule[] {
  const all = [paths].flat();
  const { rules, problems } = checkRules(all);
  if (rules.length === 0 && problems.length === 0) {
    throw new MeterhoundError("MH_RULES_INVALID", { problems: `${all.join(", ")}: holds no rule` });
  }
  if (problems.length === 0) return rules;
  throw new MeterhoundError("MH_RULES_INVALID", {
    problems: problems.map(describeProblem).join("\n"),
  });
}

function filesUnder(path: string): string[] {
  return statSync(path).isDirectory() ? ruleFiles(path) : [path];
}

function ruleFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yml") && !/(^|[/\\])_/.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

function shown(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith("..") ? file : path;
}
