import { explain } from "#core/explain/explanation.ts";
import { loadRules } from "../../rules/load.ts";
import { type Command, parseCommand, settingsOf } from "../command.ts";
import { formatExplanation } from "../format-explanation.ts";
import { oneArgument } from "../one-argument.ts";
import { printable } from "../printable.ts";
import { readFinding, readFindings } from "../read-findings.ts";

export const explainCommand: Command = {
  name: "explain",
  arguments: "FINDING [--json]",
  summary:
    "Explains one finding: why it fired, how bad, how sure, whose money, what would not have.",
  options: ["--json             the finding and its explanation as JSON"],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, {
      json: { type: "boolean", default: false },
    });
    const id = oneArgument(positionals, "explain takes one finding's id");
    const settings = await settingsOf(values, io);
    const finding = await readFinding(settings, id);
    const rules = loadRules(settings.rules.dir ?? undefined);
    const compiled = rules.find(({ rule }) => rule.id === finding.rule) ?? null;
    const explanation = explain(finding, compiled, settings.impact);
    const related = (await readFindings(settings, finding.related)).filter((one) => one !== null);
    io.stdout.write(
      values.json
        ? `${JSON.stringify({ finding, explanation, related }, null, 2)}\n`
        : `${printable(formatExplanation(finding, explanation, related))}\n`,
    );
    return 0;
  },
};
