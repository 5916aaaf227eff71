import { z } from "zod";
import type { FileProblem } from "./located.ts";
import { didYouMean } from "./nearest.ts";
import { listKeys, type SchemaKey } from "./schema-keys.ts";

export const PREFIX = "METERHOUND_";

/** Names that other tools use for the same thing. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  NATS_URL: ["nats", "url"],
  INFLUX_URL: ["influx", "url"],
  INFLUX_ORG: ["influx", "org"],
  INFLUX_TOKEN: ["influx", "token"],
  INFLUX_TOKEN_FILE: ["influx", "token_file"],
};

export type Variables = Readonly<Record<string, string | undefined>>;

/** What the environment sets, by variable, and what in it is no setting. */
export interface EnvironmentSettings {
  values: readonly { variable: string; path: readonly string[]; value: unknown }[];
  problems: readonly FileProblem[];
}

/** The variable of a key: `api.port` is `METERHOUND_API__PORT`. Null for lists and sections. */
export function variableOf({ path, schema }: SchemaKey): string | null {
  const composite = schema instanceof z.ZodObject || schema instanceof z.ZodArray;
  return composite || path.includes("[]") ? null : nameOf(path);
}

/**
 * Reads the `METERHOUND_` variables against the schema. An empty variable counts as not set, since
 * compose files pass on what nobody gave.
 */
export function readEnvironment(schema: z.ZodType, env: Variables): EnvironmentSettings {
  const keys = listKeys(schema);
  const scalars = new Map(keys.map((key) => [variableOf(key), key]));
  const lists = keys
    .filter((key) => key.schema instanceof z.ZodArray)
    .map(({ path }) => nameOf(path));
  const values: { variable: string; path: readonly string[]; value: unknown }[] = [];
  const problems: FileProblem[] = [];
  for (const [variable, path] of Object.entries(ALIASES)) {
    const value = env[variable];
    if (value && !env[nameOf(path)]) values.push({ variable, path, value });
  }
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === "") continue;
    const key = scalars.get(variable);
    if (key) {
      values.push({ variable, path: key.path, value: toValue(key.schema, text) });
      continue;
    }
    const isList = lists.some((list) => variable === list || variable.startsWith(`${list}__`));
    const known = [...scalars.keys()].filter((name) => name !== null);
    const message = isList
      ? "is a list: set it in the configuration file"
      : `unknown variable${suggest(variable, known)}`;
    problems.push({ file: variable, line: 0, column: 0, path: "", message });
  }
  return { values, problems };
}

/** Puts the values over the tree of a file. Where the file has no map at that place, the schema will say so. */
export function overlay(tree: unknown, values: EnvironmentSettings["values"]): unknown {
  return values.reduce((below, { path, value }) => setIn(below, path, value), tree);
}

function setIn(tree: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const empty = tree === undefined || tree === null;
  if (!empty && (typeof tree !== "object" || Array.isArray(tree))) return tree;
  const map = (tree ?? {}) as Readonly<Record<string, unknown>>;
  return { ...map, [name]: setIn(map[name], rest, value) };
}

function nameOf(path: readonly string[]): string {
  return PREFIX + path.join("__").toUpperCase();
}

/** What cannot be read as the schema's type stays text, for the schema to refuse. */
function toValue(schema: z.ZodType, text: string): unknown {
  if (schema instanceof z.ZodNumber && /^\s*[-+]?[\d.]/.test(text)) {
    const number = Number(text);
    return Number.isNaN(number) ? text : number;
  }
  if (schema instanceof z.ZodBoolean && /^(true|false)$/.test(text)) return text === "true";
  return text;
}

/** The prefix is left out of the comparison, or every name would be near; `PORT` alone still finds `API__PORT`. */
function suggest(variable: string, known: readonly string[]): string {
  const name = variable.slice(PREFIX.length);
  const near = didYouMean(
    name,
    known.map((candidate) => candidate.slice(PREFIX.length)),
  );
  if (near) return near.replace('"', `"${PREFIX}`);
  const nested = known.find((candidate) => candidate.endsWith(`__${name}`));
  return nested ? `, did you mean "${nested}"?` : "";
}
