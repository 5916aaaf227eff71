import type { EntityType, Observed, Requirement } from "../../detector.ts";
import type { Predicate } from "../match.ts";
import type { FieldValue } from "../fields.ts";

/** One step of `ordered`, with every name resolved. */
export interface Step {
  matches: Predicate;
  count: number;
  /** What must differ among its events; null where they need not. */
  distinct: ((observed: Observed) => FieldValue | undefined) | null;
}

/** A correlation as a rule states it, with every name resolved. */
export interface Plan {
  matches: Predicate;
  requires: Requirement | null;
  /** True where the selection speaks of audit events. */
  audits: boolean;
  by: readonly ((observed: Observed) => FieldValue | undefined)[];
  /** Of `ordered`; empty otherwise. */
  steps: readonly Step[];
  /** The field that is counted, summed up or remembered; null for `count` and `ordered`. */
  field: ((observed: Observed) => FieldValue | undefined) | null;
  fieldName: string;
  entity: EntityType;
  window: number;
  /** As many are still ordinary. */
  limit: number;
  /** Values remembered of one key. */
  values: number;
  /** The episode's own: what comes later is another run. */
  quiet: number;
}

/** Whom a finding is about, by what the event says. */
export function entityIdOf(type: EntityType, { event, flow }: Observed): string | null {
  switch (type) {
    case "identity":
      return event.identity?.id ?? null;
    case "credential":
      return event.identity?.credential ?? null;
    case "flow":
      return flow;
    case "source":
      return event.source;
    case "tenant":
      return event.tenant;
  }
}

/** Makes the function that gives the state key: the values of `by`; null where the event is not selected or one of them is missing. */
export function keyFor({ matches, by }: Plan): (observed: Observed) => string | null {
  const [first] = by;
  if (!first) return (observed) => (matches(observed) ? "" : null);
  if (by.length === 1) {
    return (observed) => (matches(observed) ? (first(observed)?.toString() ?? null) : null);
  }
  return (observed) => {
    if (!matches(observed)) return null;
    let key = "";
    for (const read of by) {
      const value = read(observed);
      if (value === undefined) return null;
      key = `${key}\0${value}`;
    }
    return key;
  };
}
