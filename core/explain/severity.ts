import type { Finding } from "../finding/finding.ts";
import { parseUsd } from "../money.ts";
import { levelHolds, severityCap } from "../rules/level.ts";
import type { RuleFile, When } from "../rules/rule.ts";
import { atMost, type Impact, rank, severityByImpact, type Severity, worse } from "../severity.ts";

/** A level of a rule, and whether the finding's figures reach it now. */
export interface LevelVerdict {
  /** `score >= 75, groups >= 2`; the money in USD a day. */
  condition: string;
  severity: Severity;
  holds: boolean;
}

export interface SeverityReasons {
  /** What the rule gives without any level, and where from. */
  base: { severity: Severity; by: "rule" | "impact" };
  levels: readonly LevelVerdict[];
  /** Set where a baseline that is not the entity's own allows no worse. */
  cap: Severity | null;
  /** What the figures of now give; a finding that was worse once stays so. */
  now: Severity;
}

/** Which levels of a rule a finding reaches by the figures it carries. */
export function severityReasons(
  { facts, showback }: Finding,
  rule: Pick<RuleFile, "severity" | "levels">,
  impact: Impact,
): SeverityReasons {
  const { projected_daily } = showback;
  const daily = projected_daily === null ? null : parseUsd(projected_daily);
  const byImpact = rule.severity === "impact";
  const base = rule.severity === "impact" ? severityByImpact(daily, impact) : rule.severity;
  const levels = rule.levels.map((level) => ({
    condition: conditionOf(level, impact),
    severity: level.severity,
    holds: levelHolds(level, facts, daily, impact),
  }));
  const reached = levels.filter(({ holds }) => holds);
  const worst = reached.reduce((severity, level) => worse(severity, level.severity), base);
  const cap = severityCap(facts);
  return {
    base: { severity: base, by: byImpact ? "impact" : "rule" },
    levels,
    cap: rank(cap) < rank("critical") ? cap : null,
    now: atMost(worst, cap),
  };
}

const SIGNS = { gte: ">=", gt: ">", lte: "<=", lt: "<" } as const;

function conditionOf({ when, impact: needed }: RuleFile["levels"][number], impact: Impact): string {
  const facts = Object.entries(when ?? {}).map(([name, wanted]) => factCondition(name, wanted));
  const money = needed && `excess >= $${impact[`${needed}_usd_day`]} a day (${needed})`;
  return [...facts, ...(money ? [money] : [])].join(", ");
}

function factCondition(name: string, wanted: When[string]): string {
  if (typeof wanted !== "object") return `${name} = ${wanted}`;
  const bounds = Object.entries(wanted).filter(([, bound]) => bound !== undefined);
  return bounds
    .map(([sign, bound]) => `${name} ${SIGNS[sign as keyof typeof SIGNS]} ${bound}`)
    .join(", ");
}
