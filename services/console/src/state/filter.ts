import {
  FAMILIES,
  type Family,
  FINDING_STATUSES,
  type FindingStatus,
} from "#core/finding/finding.ts";
import { SEVERITIES, type Severity } from "#core/severity.ts";

export const SORTS = ["risk", "money", "newest"] as const;
export type Sort = (typeof SORTS)[number];

/** What the queue shows; empty lists leave a facet open. */
export interface Filter {
  status: readonly FindingStatus[];
  severity: readonly Severity[];
  family: readonly Family[];
  team: string | null;
  assignee: string | null;
  q: string;
  sort: Sort;
}

/** What somebody still has to look at: the queue without a filter. */
export const OPEN: readonly FindingStatus[] = ["new", "in_progress"];

export const NO_FILTER: Filter = {
  status: OPEN,
  severity: [],
  family: [],
  team: null,
  assignee: null,
  q: "",
  sort: "risk",
};

/** Reads a filter from the address; what it does not know is left out. `status=all` is every status. */
export function filterFrom(search: string): Filter {
  const params = new URLSearchParams(search);
  const list = <T extends string>(name: string, known: readonly T[]): readonly T[] => {
    const wanted = params.get(name)?.split(",") ?? [];
    return known.filter((value) => wanted.includes(value));
  };
  const status = params.get("status");
  return {
    status: status === null ? OPEN : status === "all" ? [] : list("status", FINDING_STATUSES),
    severity: list("severity", SEVERITIES),
    family: list("family", FAMILIES),
    team: params.get("team"),
    assignee: params.get("assignee"),
    q: params.get("q") ?? "",
    sort: SORTS.find((sort) => sort === params.get("sort")) ?? "risk",
  };
}

/** The filter as the address keeps it: nothing where it is as usual. */
export function searchOf(filter: Filter): string {
  const params = paramsOf(filter);
  if (isSame(filter.status, OPEN)) params.delete("status");
  else if (filter.status.length === 0) params.set("status", "all");
  if (filter.sort !== NO_FILTER.sort) params.set("sort", filter.sort);
  // Commas are plain in a query, and read better so.
  const text = params.toString().replaceAll("%2C", ",");
  return text && `?${text}`;
}

/** The filter as the API takes it, without the order. */
export function paramsOf(filter: Filter): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of ["status", "severity", "family"] as const) {
    if (filter[name].length > 0) params.set(name, filter[name].join(","));
  }
  for (const name of ["team", "assignee"] as const) {
    if (filter[name] !== null) params.set(name, filter[name]);
  }
  if (filter.q) params.set("q", filter.q);
  return params;
}

/** True where something hides findings beyond the usual. */
export function isNarrowed(filter: Filter): boolean {
  return searchOf({ ...filter, sort: NO_FILTER.sort, status: OPEN }) !== "";
}

/** Puts a value in or takes it out. */
export function toggled<T>(values: readonly T[], value: T): readonly T[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}
