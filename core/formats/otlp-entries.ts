import { wrongType, type FieldProblem } from "./field-problem.ts";
import { isObject } from "./format.ts";

/** One span or log record as it stands in an export, with its resource; or a place that holds no list, which the problem names. */
export type Entry =
  | { path: string; item: unknown; resource: unknown }
  | { path: string; item: unknown; problem: FieldProblem };

/** How the three levels of an export are called. */
export type Levels = readonly [groups: string, scopes: string, items: string];

export const SPANS: Levels = ["resourceSpans", "scopeSpans", "spans"];
export const LOG_RECORDS: Levels = ["resourceLogs", "scopeLogs", "logRecords"];

/** Every span, or log record, of an export, with paths like `resourceSpans[0].scopeSpans[0].spans[3]`. */
export function* entriesOf(payload: unknown, [groups, scopes, items]: Levels): Generator<Entry> {
  for (const group of listIn(payload, groups, "")) {
    if ("problem" in group) yield group;
    else {
      const resource = isObject(group.item) ? group.item["resource"] : undefined;
      for (const scope of listIn(group.item, scopes, group.path)) {
        if ("problem" in scope) yield scope;
        else {
          for (const entry of listIn(scope.item, items, scope.path)) yield { ...entry, resource };
        }
      }
    }
  }
}

type Listed = { path: string; item: unknown } | Extract<Entry, { problem: unknown }>;

function* listIn(holder: unknown, name: string, path: string): Generator<Listed> {
  if (holder === undefined || holder === null) return;
  if (!isObject(holder)) {
    yield { path: "", item: holder, problem: wrongType(path, "an object") };
    return;
  }
  const list = holder[name];
  const place = path === "" ? name : `${path}.${name}`;
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) {
    yield { path: "", item: list, problem: wrongType(place, "a list") };
    return;
  }
  for (let i = 0; i < list.length; i++) {
    yield { path: `${place}[${i}]`, item: list[i] as unknown };
  }
}
