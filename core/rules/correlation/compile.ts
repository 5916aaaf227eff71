import type { Detector } from "../../detector.ts";
import type { FileProblem, Locate } from "../../located.ts";
import { didYouMean } from "../../nearest.ts";
import { DAY } from "../../time.ts";
import { fieldOf, RULE_FIELDS } from "../fields.ts";
import { compileSelection } from "../match.ts";
import type { RuleFile } from "../rule.ts";
import { countOf } from "./count.ts";
import { distinctOf } from "./distinct.ts";
import { firstSeenOf } from "./first-seen.ts";
import { orderedOf } from "./ordered.ts";
import type { Plan, Step } from "./plan.ts";
import { sumOf } from "./sum.ts";

const LONGEST_WINDOW = 7 * DAY;
/** Windows keep 512 calls: a condition must be well within. What they sum up to may be any number. */
const LARGEST_LIMIT = 256;

const NUMERIC = new Set(["count", "number"]);

type Selected = Pick<Plan, "matches" | "requires">;
type Correlate = NonNullable<RuleFile["correlate"]>;

const EVERYTHING: Selected = { matches: () => true, requires: null };

/** Compiles `select` and `correlate` of a rule into the detector that does what they say. */
export function compileCorrelation(
  { select = {}, correlate, entity, episode }: RuleFile,
  at: Locate,
): { detector: Detector | null; problems: FileProblem[] } {
  const problems: FileProblem[] = [];
  if (!correlate) return { detector: null, problems };
  const wrong = (path: readonly PropertyKey[], message: string): void => {
    problems.push(at(["correlate", ...path], message));
  };
  const read = (name: string, ...path: PropertyKey[]): Plan["field"] => {
    const field = fieldOf(name);
    if (!field) wrong(path, `unknown event field "${name}"${didYouMean(name, RULE_FIELDS)}`);
    return field?.read ?? null;
  };

  const selections = new Map<string, Selected>();
  for (const [name, selection] of Object.entries(select)) {
    const compiled = compileSelection(selection, ["select", name], at);
    problems.push(...compiled.problems);
    selections.set(name, { matches: compiled.holds, requires: compiled.requires });
  }
  const names = [...selections.keys()];
  const selected = (name: string, ...path: PropertyKey[]): Selected => {
    const known = selections.get(name);
    if (!known) wrong(path, `unknown selection "${name}"${didYouMean(name, names)}`);
    return known ?? EVERYTHING;
  };
  const by = correlate.by.map((name, i) => read(name, "by", i));
  const field = correlate.field === undefined ? null : read(correlate.field, "field");
  const steps = correlate.steps?.map(({ on, count, distinct }, i): Step => ({
    matches: selected(on, "steps", i, "on").matches,
    count,
    distinct: distinct === undefined ? null : read(distinct, "steps", i, "distinct"),
  }));
  const on = steps ? undefined : (correlate.on ?? names[0]);
  if (!steps && correlate.on === undefined && names.length > 1) {
    wrong(["on"], "names one of the selections");
  }
  const what: Selected = steps
    ? { matches: (observed) => steps.some((one) => one.matches(observed)), requires: null }
    : on === undefined
      ? EVERYTHING
      : selected(on, "on");

  if (entity === undefined) problems.push(at([], "`correlate` needs `entity`"));
  checkKeys(correlate, wrong);
  if (problems.length > 0) return { detector: null, problems };

  const plan: Plan = {
    ...what,
    audits: namesAudit(on === undefined ? select : select[on]),
    by: by.filter((one) => one !== null),
    steps: steps ?? [],
    field,
    fieldName: correlate.field ?? "",
    entity: entity!,
    window: correlate.window ?? DAY,
    limit: limitOf(correlate),
    values: correlate.values,
    quiet: episode.quiet,
  };
  const named = [select, correlate.by, correlate.field, correlate.steps];
  const joined = entity === "credential" || asksOrigin(named);
  const detector = { ...DETECTOR_OF[correlate.type](plan), joined };
  const { requires } = plan;
  return { detector: requires ? { ...detector, requires } : detector, problems };
}

/** Says which keys a kind of correlation lacks, and which it does not take. */
function checkKeys(
  correlate: Correlate,
  wrong: (path: readonly PropertyKey[], message: string) => void,
): void {
  const { type, on, window, field, steps, condition } = correlate;
  const isOrdered = type === "ordered";
  const isLimited = type !== "first_seen" && !isOrdered;
  if (type !== "first_seen" && window === undefined)
    wrong(["window"], `\`${type}\` needs a window`);
  if (window !== undefined && window > LONGEST_WINDOW) wrong(["window"], "must be 7d at most");
  if (type === "count" || isOrdered) {
    if (field !== undefined) wrong(["field"], `\`${type}\` takes no field`);
  } else if (field === undefined) wrong(["field"], `\`${type}\` needs a field`);
  else if (type === "sum" && !NUMERIC.has(fieldOf(field)?.kind.kind ?? "count")) {
    wrong(["field"], "`sum` adds numbers, and the field holds none");
  }
  if (isOrdered && !steps) wrong(["steps"], "`ordered` needs steps");
  if (!isOrdered && steps) wrong(["steps"], `\`${type}\` takes no steps`);
  if (steps && on !== undefined) wrong(["on"], "`steps` name their selections");
  if (steps && steps.at(-1)!.count > 1) wrong(["steps"], "the last step is a single event");
  if (!isLimited && condition) wrong(["condition"], `\`${type}\` takes no condition`);
  const limit = limitOf(correlate);
  const largest = type === "sum" ? Number.MAX_SAFE_INTEGER : LARGEST_LIMIT;
  if (isLimited && (limit < 1 || limit > largest)) {
    wrong(["condition"], `must be \`gt\` or \`gte\` with 1 to ${largest} still ordinary`);
  }
}

/** As many, or as much, is still ordinary. */
function limitOf({ condition }: Correlate): number {
  return (condition?.gt ?? (condition?.gte ?? 0) - 1) || 0;
}

/** True where a rule names a field that another record of the call may tell. */
function asksOrigin(part: unknown): boolean {
  if (typeof part === "string")
    return part.startsWith("network.") || part === "identity.credential";
  if (typeof part !== "object" || part === null) return false;
  return Object.entries(part).some(([key, inner]) => asksOrigin(key) || asksOrigin(inner));
}

/** True where a selection, at any depth, names the type of the event or what was administered. */
function namesAudit(selection: unknown): boolean {
  if (typeof selection !== "object" || selection === null) return false;
  return Object.entries(selection).some(
    ([name, below]) => name === "type" || name.startsWith("audit.") || namesAudit(below),
  );
}

const DETECTOR_OF = {
  count: countOf,
  distinct: distinctOf,
  sum: sumOf,
  ordered: orderedOf,
  first_seen: firstSeenOf,
};
