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
import type { Plan } from "./plan.ts";

const LONGEST_WINDOW = 7 * DAY;
/** Windows keep 512 calls: a condition must be well within. */
const LARGEST_LIMIT = 256;

const EVERYTHING: Pick<Plan, "matches" | "requires"> = { matches: () => true, requires: null };

/** Compiles `select` and `correlate` of a rule into the detector that does what they say. */
export function compileCorrelation(
  { select = {}, correlate, entity, episode }: RuleFile,
  at: Locate,
): { detector: Detector | null; problems: FileProblem[] } {
  const problems: FileProblem[] = [];
  if (!correlate) return { detector: null, problems };
  const { type, window, condition, values } = correlate;
  const wrong = (key: string, message: string): void => {
    problems.push(at(["correlate", key], message));
  };
  const read = (name: string, ...path: PropertyKey[]): Plan["field"] => {
    const field = fieldOf(name);
    if (field) return field.read;
    const message = `unknown event field "${name}"${didYouMean(name, RULE_FIELDS)}`;
    problems.push(at(["correlate", ...path], message));
    return null;
  };

  const selections = new Map<string, Pick<Plan, "matches" | "requires">>();
  for (const [name, selection] of Object.entries(select)) {
    const compiled = compileSelection(selection, ["select", name], at);
    problems.push(...compiled.problems);
    selections.set(name, { matches: compiled.holds, requires: compiled.requires });
  }
  const names = [...selections.keys()];
  const on = correlate.on ?? names[0];
  if (correlate.on === undefined && names.length > 1) wrong("on", "names one of the selections");
  else if (on !== undefined && !selections.has(on)) {
    wrong("on", `unknown selection "${on}"${didYouMean(on, names)}`);
  }
  const by = correlate.by.map((name, i) => read(name, "by", i));
  const field = correlate.field === undefined ? null : read(correlate.field, "field");

  const isWindowed = type !== "first_seen";
  if (entity === undefined) problems.push(at([], "`correlate` needs `entity`"));
  if (isWindowed && window === undefined) wrong("window", `\`${type}\` needs a window`);
  if (window !== undefined && window > LONGEST_WINDOW) wrong("window", "must be 7d at most");
  if (type === "count" && field) wrong("field", "`count` takes no field");
  if (type !== "count" && correlate.field === undefined)
    wrong("field", `\`${type}\` needs a field`);
  const limit = (condition?.gt ?? (condition?.gte ?? 0) - 1) || 0;
  if (isWindowed && (limit < 1 || limit > LARGEST_LIMIT)) {
    wrong("condition", `must be \`gt\` or \`gte\` with 1 to ${LARGEST_LIMIT} still ordinary`);
  }
  if (!isWindowed && condition) wrong("condition", "`first_seen` takes no condition");
  if (problems.length > 0) return { detector: null, problems };

  const plan: Plan = {
    ...((on !== undefined && selections.get(on)) || EVERYTHING),
    audits: on !== undefined && namesAudit(select[on]),
    by: by.filter((one) => one !== null),
    field,
    fieldName: correlate.field ?? "",
    entity: entity!,
    window: window ?? DAY,
    limit,
    values,
    quiet: episode.quiet,
  };
  const joined = entity === "credential" || asksOrigin([select, correlate.by, correlate.field]);
  const detector = { ...DETECTOR_OF[type](plan), joined };
  const { requires } = plan;
  return { detector: requires ? { ...detector, requires } : detector, problems };
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

const DETECTOR_OF = { count: countOf, distinct: distinctOf, first_seen: firstSeenOf };
