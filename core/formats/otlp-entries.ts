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
export function entriesOf(payload: unknown, [groups, scopes, items]: Levels): Entry[] {
  const entries: Entry[] = [];
  eachIn(payload, groups, "", entries, (group, path) => {
    const resource = isObject(group) ? group["resource"] : undefined;
    eachIn(group, scopes, path, entries, (scope, place) => {
      eachIn(scope, items, place, entries, (item, at) => {
        entries.push({ path: at, item, resource });
      });
    });
  });
  return entries;
}

/** Visits what a list holds; where there is something else, that is an entry of its own. */
function eachIn(
  holder: unknown,
  name: string,
  path: string,
  entries: Entry[],
  visit: (item: unknown, path: string) => void,
): void {
  if (holder === undefined || holder === null) return;
  if (!isObject(holder)) {
    entries.push({ path: "", item: holder, problem: wrongType(path, "an object") });
    return;
  }
  const list = holder[name];
  const place = path === "" ? name : `${path}.${name}`;
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) {
    entries.push({ path: "", item: list, problem: wrongType(place, "a list") });
    return;
  }
  for (let i = 0; i < list.length; i++) visit(list[i], `${place}[${i}]`);
}
