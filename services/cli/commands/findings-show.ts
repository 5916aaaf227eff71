import type { FindingDetail } from "#core/finding/history.ts";
import { type Command, parseCommand, settingsOf } from "../command.ts";
import { usd } from "../format-finding.ts";
import { formatHistory, standingOf } from "../format-history.ts";
import { oneArgument } from "../one-argument.ts";
import { printable } from "../printable.ts";
import { readFinding } from "../read-findings.ts";

export const findingsShow: Command = {
  name: "findings show",
  arguments: "FINDING [--json]",
  summary: "Shows one finding: what happened, whose it is, what it costs, what to do.",
  options: ["--json             the finding as JSON"],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, {
      json: { type: "boolean", default: false },
    });
    const id = oneArgument(positionals, "findings show takes one finding's id");
    const finding = await readFinding(await settingsOf(values, io), id);
    io.stdout.write(
      values.json ? `${JSON.stringify(finding, null, 2)}\n` : printable(describe(finding)),
    );
    return 0;
  },
};

function describe(finding: FindingDetail): string {
  const { subject, showback } = finding;
  const rows: [string, string | number | null][] = [
    ["severity", `${finding.severity}, confidence ${finding.confidence}`],
    ["standing", `${standingOf(finding)}; revision ${finding.revision}`],
    ["rule", `${finding.rule} v${finding.rule_version}`],
    ["seen", `${finding.first_seen} to ${finding.last_seen}, opened ${finding.opened_at}`],
    ["identity", `${subject.identity ?? "unattributed"} (${subject.type ?? "type unknown"})`],
    ["credential", subject.credential],
    ["owner", subject.owner],
    ["team", showback.team],
    ["cost centre", showback.cost_center],
    ["service", showback.service],
    ["environment", showback.environment],
    ["observed", usd(showback.observed)],
    ["expected", usd(showback.expected)],
    ["excess", `${usd(showback.excess)}, ${usd(showback.projected_daily)} a day if it goes on`],
    ["at detection", `${usd(showback.at_detection)} after ${finding.detected_after.events} calls`],
    ["cost basis", `${showback.basis}, ${showback.unpriced_events} calls without a price`],
    [
      "attribution",
      `quality ${showback.attribution_quality}; ${showback.quality.join(", ") || "no gaps"}`,
    ],
    ["evidence", finding.evidence.event_ids.join(", ")],
    ["related", finding.related.join(", ") || "none"],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(13)} ${value ?? "unknown"}`);
  return [
    finding.title,
    "",
    finding.explanation,
    "",
    ...table,
    "",
    finding.runbook,
    "",
    "History",
    "",
    formatHistory(finding),
    "",
  ].join("\n");
}
