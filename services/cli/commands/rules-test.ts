import { MeterhoundError } from "#core/errors.ts";
import { describeProblem } from "#core/located.ts";
import { runRuleTests } from "../../rules/run-tests.ts";
import { checkRules, SHIPPED_RULES } from "../../rules/load.ts";
import { type Command, parseCommand, settingsOf } from "../command.ts";

export const rulesTest: Command = {
  name: "rules test",
  arguments: "[PATH…]",
  summary: "Runs the tests inside the rule files on a simulated clock.",
  options: ["PATH               files or folders (default: the rule set in use)"],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, {});
    const settings = await settingsOf(values, io);
    const paths = positionals.length > 0 ? positionals : [settings.rules.dir ?? SHIPPED_RULES];
    const { rules, problems } = checkRules(paths);
    if (problems.length > 0) {
      throw new MeterhoundError("MH_RULES_INVALID", {
        problems: problems.map(describeProblem).join("\n"),
      });
    }
    const failures: string[] = [];
    let passed = 0;
    for (const rule of rules) {
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
