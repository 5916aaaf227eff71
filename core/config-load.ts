import { Config } from "./config.ts";
import { type Variables, overlay, readEnvironment } from "./config-env.ts";
import { checkLocated, type FileProblem, type Locate, readLocated } from "./located.ts";

export interface ConfigSource {
  /** As a person would name it. */
  file: string;
  /** YAML; empty where there is no file. */
  text: string;
  env: Variables;
}

export interface ParsedConfig {
  /** Null where there is a problem. */
  config: Config | null;
  problems: readonly FileProblem[];
  /** Worth a look, no reason to stop. */
  warnings: readonly FileProblem[];
  /** Names the place of a setting: the line of the file, or the variable that set it. */
  at: Locate;
  /** True where the environment set the key. */
  readonly fromEnvironment: (path: readonly PropertyKey[]) => boolean;
}

/** Tokens shorter than this can be tried out. */
const SHORT_TOKEN = 16;

/** Reads the configuration: YAML, then the environment over it, then the strict schema. Everything wrong is told at once. */
export function parseConfig({ file, text, env }: ConfigSource): ParsedConfig {
  const read = readLocated(file, text);
  const { values, problems: unknown } = readEnvironment(Config, env);
  const variables = new Map(values.map(({ variable, path }) => [path.join("."), variable]));
  const at: Locate = (path, message) => {
    const variable =
      variables.get(path.join(".")) ??
      (has(read.tree, path) ? undefined : sibling(variables, path));
    const problem = read.at(path, message);
    return variable ? { ...problem, file: variable, line: 0, column: 0 } : problem;
  };
  const fromEnvironment = (path: readonly PropertyKey[]) => variables.has(path.join("."));
  const failed = (problems: readonly FileProblem[]): ParsedConfig => {
    return { config: null, problems, warnings: [], at, fromEnvironment };
  };
  if (read.problems.length > 0) return failed([...read.problems, ...unknown]);
  const checked = checkLocated(overlay(read.tree, values), Config, at);
  const problems = [...checked.problems, ...unknown];
  if (checked.value === null || problems.length > 0) return failed(problems);
  const warnings = warningsOf(checked.value, at);
  return { config: checked.value, problems: [], warnings, at, fromEnvironment };
}

function warningsOf(config: Config, at: Locate): FileProblem[] {
  return config.api.tokens.flatMap(({ token }, i) =>
    token !== undefined && token.length < SHORT_TOKEN
      ? [at(["api", "tokens", i, "token"], `shorter than ${SHORT_TOKEN} characters: easy to guess`)]
      : [],
  );
}

/** A key that neither file nor environment gave is wrong because of the one beside it that was. */
function sibling(
  variables: ReadonlyMap<string, string>,
  path: readonly PropertyKey[],
): string | undefined {
  if (path.length < 2) return undefined;
  const section = `${path.slice(0, -1).join(".")}.`;
  for (const [key, variable] of variables) if (key.startsWith(section)) return variable;
  return undefined;
}

function has(tree: unknown, path: readonly PropertyKey[]): boolean {
  let value = tree;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !(key in value)) return false;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return true;
}
