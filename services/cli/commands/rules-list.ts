import { checkedRules } from "../checked-rules.ts";
import type { Command } from "../command.ts";
import { alignColumns } from "../align-columns.ts";

const HEADER = ["rule", "version", "status", "severity", "looks with", "tests", "name"];

export const rulesList: Command = {
  name: "rules list",
  arguments: "[PATH…]",
  summary: "Lists the rules with version, status, severity and what they look with.",
  options: ["PATH               files or folders (default: the rule set in use)"],
  async run(args, io) {
    const rules = await checkedRules(args, io);
    const rows = rules.map(({ rule, detector }) => [
      rule.id,
      String(rule.version),
      rule.status,
      rule.severity,
      rule.correlate ? `correlation ${rule.correlate.type}` : `detector ${detector.id}`,
      String(rule.tests.length),
      rule.name,
    ]);
    io.stdout.write(`${alignColumns([HEADER, ...rows], new Set([1, 5]))}\n`);
    return 0;
  },
};
