import type { IncidentReport, PoolReport, ShowbackReport } from "#core/showback/report.ts";
import { alignColumns } from "./align-columns.ts";
import { usd } from "./format-finding.ts";

/** A statement for a terminal: the lines, then what the figures rest on. */
export function formatShowback(report: ShowbackReport): string {
  const { period, totals, items, pools, incidents } = report;
  const head = `Usage from ${period.from} to ${period.to} in ${report.currency}`;
  if (items.length === 0) return `${head}\n\nno usage`;
  return [
    head,
    "",
    linesTable(report),
    "",
    `${usd(totals.cost)} = ${usd(totals.direct)} direct + ${usd(totals.shared)} shared + ${usd(totals.unattributed)} unattributed${stolen(totals)}`,
    `of it ${partsOf(totals.basis)}`,
    `direct usage by environment: ${partsOf(totals.environments)}`,
    `${count(totals.calls)} calls, ${count(totals.cache_hits)} answered by a cache; ${count(totals.cached_input_tokens)} of ${count(totals.input_tokens)} input tokens cached`,
    ...(totals.unpriced.calls > 0
      ? [
          `without a price, in no amount: ${count(totals.unpriced.calls)} calls, ${count(totals.unpriced.tokens)} tokens`,
        ]
      : []),
    comparisonOf(report),
    ...pools.map(poolLine),
    ...incidents.map(incidentLine),
  ].join("\n");
}

function linesTable({ group_by, items, totals }: ShowbackReport): string {
  const figures = [
    "cost",
    "direct",
    "shared",
    "calls",
    "tokens",
    "unpriced",
    "expected",
    "variance",
  ];
  const rowOf = (names: readonly string[], line: (typeof items)[number] | typeof totals) => [
    ...names,
    usd(line.cost),
    usd(line.layers.consumption),
    usd(line.layers.platform),
    count(line.calls),
    count(line.input_tokens + line.output_tokens),
    line.unpriced.calls === 0 ? "" : count(line.unpriced.calls),
    line.expected === null ? "" : usd(line.expected),
    line.variance === null ? "" : usd(line.variance),
  ];
  const rows = items.map((line) => {
    const names = group_by.map((dimension) => line.group[dimension] ?? "");
    return rowOf(names, line);
  });
  const total = rowOf(
    group_by.map((_, i) => (i === 0 ? "total" : "")),
    totals,
  );
  const numbers = new Set(figures.map((_, i) => group_by.length + i));
  return alignColumns([[...group_by, ...figures], ...rows, total], numbers);
}

function comparisonOf({ comparison }: ShowbackReport): string {
  const { from, to, unavailable } = comparison;
  if (unavailable) return `expected: nothing to compare with, ${unavailable} than ${from}`;
  return `expected: the same group's cost from ${from} to ${to}; variance: cost less expected`;
}

function poolLine({ name, source, split, to, amount, no_driver, unpriced }: PoolReport): string {
  const kept = no_driver === "0" ? "" : `, ${usd(no_driver)} without a driver`;
  const more = unpriced.calls === 0 ? "" : `, and ${count(unpriced.calls)} unpriced calls`;
  const what = source === "charge" ? "charge" : "shared usage";
  return `${what} ${name}: ${usd(amount)} split by ${split} over each ${to}${kept}${more}`;
}

function stolen({ unauthorised }: ShowbackReport["totals"]): string {
  return unauthorised === "0" ? "" : ` + ${usd(unauthorised)} unauthorised`;
}

function incidentLine({ finding, credential, identity, cost, calls }: IncidentReport): string {
  const who = credential === null ? `identity ${identity}` : `credential ${credential}`;
  return `unauthorised: ${usd(cost)} in ${count(calls)} calls of ${who}, finding ${finding}`;
}

/** `$3.20 reported, $0.40 estimated`: what is not zero. */
function partsOf(amounts: Readonly<Record<string, string>>): string {
  const parts = Object.entries(amounts).filter(([, amount]) => amount !== "0");
  if (parts.length === 0) return "nothing priced";
  return parts.map(([name, amount]) => `${usd(amount)} ${name.replace("_", "-")}`).join(", ");
}

function count(value: number): string {
  return value.toLocaleString("en");
}
