import { MeterhoundError } from "#core/errors.ts";
import { runRuleTests } from "../../rules/run-tests.ts";
import { checkedRules } from "../checked-rules.ts";
import type { Command } from "../command.ts";

export const rulesTest: Command = {
  name: "rules test",
  arguments: "[PATH…]",
  summary: "Runs the tests inside the rule files on a simulated clock.",
  options: ["PATH               files or folders (default: the rule set in use)"],
  async run(args, io) {
    const failures: string[] = [];
    let passed = 0;
    for (const rule of await checkedRules(args, io)) {
      for (const { name, problem } of await runRuleTests(rule)) {
        io.stdout.write(`${problem === null ? "✓" : "✗"} ${rule.rule.id}: ${name}\n`);
        if (problem === null) passed += 1;
        else failures.push(`${rule.rule.id}: ${name}: ${problem}`);
      }
    }
    io.stdout.write(`${passed} passed, ${failures.length} failed\n`);
    if (failures.length === 0) return 0;
    throw new MeterhoundError("MH_RULES_TEST_FAILED", { problems: failures.join("\n") });
  },
};
