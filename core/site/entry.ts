import { z } from "zod";
import type { FileProblem, Locate } from "../located.ts";

/** One entry of a site file, and the way to point at its fields. */
export interface Entry<T> {
  value: T;
  at: Locate;
}

/** What one site file holds. Entries with a problem are left out. */
export interface SiteFile<T> {
  entries: readonly Entry<T>[];
  problems: readonly FileProblem[];
}

/** Text of a site file; YAML reads `cost_center: 0042` as a number and would lose its zeros. */
export const SiteText = z.string().min(1);

/** `Locate` for what lies below a path. */
export function below(at: Locate, base: readonly PropertyKey[]): Locate {
  return (path, message) => at([...base, ...path], message);
}

/** `people.yml:3:5`, to name the other place of a contradiction. */
export function placeOf(entry: Entry<unknown>, path: readonly PropertyKey[]): string {
  const { file, line, column } = entry.at(path, "");
  return `${file}:${line}:${column}`;
}
