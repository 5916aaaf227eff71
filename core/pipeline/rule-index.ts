import type { Detector, Observed, Requirement } from "../detector.ts";
import type { CompiledRule } from "./program.ts";

/** Rules by what an event must say for them: each event is shown to those that may hear of it, in their order. */
export type RuleIndex = (observed: Observed) => readonly ShownRule[];

/** A rule as events are shown to it: of one shape for all, so that the engine compiles one fast loop. */
export interface ShownRule extends Pick<Detector, "key" | "init" | "step"> {
  rule: CompiledRule["rule"];
  params: unknown;
  variants: NonNullable<CompiledRule["variants"]> | null;
  begins: NonNullable<Detector["begins"]> | null;
}

/** One way that the required fields turned out so far, field by field. */
interface Branch {
  /** By a value that some rule requires. */
  next: Map<string | number, Branch>;
  /** For all other values, and none. */
  other: Branch | null;
  /** Filled at the last field. */
  rules: readonly ShownRule[] | null;
}

type Field = Pick<Requirement, "read" | "values">;

/** More combinations of values than rules ever name at once. */
const MOST_BRANCHES = 10_000;

/** The cost of an event grows with the number of fields that rules require values of, and with the rules it meets, not with all. */
export function createRuleIndex(rules: readonly CompiledRule[]): RuleIndex {
  const fields = fieldsOf(rules);
  let root = createBranch();
  let branches = 0;
  return (observed) => {
    let branch = root;
    for (const { read, values } of fields) {
      const value = read(observed);
      let next = (value === undefined ? null : branch.next.get(value)) ?? null;
      if (!next && value !== undefined && values.has(value)) {
        branch.next.set(value, (next = createBranch()));
        branches += 1;
      }
      branch = next ?? (branch.other ??= createBranch());
    }
    const found = (branch.rules ??= rules.filter((rule) => mayHear(rule, observed)).map(toShown));
    if (branches > MOST_BRANCHES) {
      root = createBranch();
      branches = 0;
    }
    return found;
  };
}

function toShown({ rule, detector, params, variants }: CompiledRule): ShownRule {
  const { key, begins = null, init, step } = detector;
  return { rule, params, variants: variants ?? null, key, begins, init, step };
}

function createBranch(): Branch {
  return { next: new Map(), other: null, rules: null };
}

function mayHear({ detector: { requires } }: CompiledRule, observed: Observed): boolean {
  if (!requires) return true;
  const value = requires.read(observed);
  return value !== undefined && requires.values.has(value);
}

/** Every required field once, with the values that any rule requires of it. */
function fieldsOf(rules: readonly CompiledRule[]): Field[] {
  const fields = new Map<string, { read: Field["read"]; values: Set<string | number> }>();
  for (const { detector } of rules) {
    if (!detector.requires) continue;
    const { field, read, values } = detector.requires;
    const known = fields.get(field);
    if (known) for (const value of values) known.values.add(value);
    else fields.set(field, { read, values: new Set(values) });
  }
  return [...fields.values()];
}
