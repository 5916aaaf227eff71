import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { formatTable } from "../format-finding.ts";
import { listFindings } from "../read-findings.ts";

const FILTERS = [
  "status",
  "severity",
  "family",
  "tenant",
  "identity",
  "team",
  "from",
  "to",
  "q",
  "limit",
] as const;

export const findingsList: Command = {
  name: "findings list",
  arguments: "[--json]",
  summary: "Lists findings, the newest first.",
  options: [
    "--status --severity --family --tenant --identity --team   only these (several with commas)",
    "--from T --to T    opened in this time",
    "--q TEXT           text in title, explanation, identity or owner",
    "--limit N          at most N (default: 50)",
    "--json             one finding a line",
  ],
  async run(args, io) {
    const options = Object.fromEntries(FILTERS.map((name) => [name, { type: "string" as const }]));
    const { values, positionals } = parseCommand(args, {
      ...options,
      json: { type: "boolean", default: false },
    });
    if (positionals.length > 0) throw usage(`findings list takes no argument ${positionals[0]}`);
    const settings = await settingsOf(values, io);
    const given = Object.entries(values).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && FILTERS.some((name) => name === entry[0]),
    );
    const findings = await listFindings(settings, Object.fromEntries(given));
    if (values.json)
      for (const finding of findings) io.stdout.write(`${JSON.stringify(finding)}\n`);
    else io.stdout.write(findings.length > 0 ? `${formatTable(findings)}\n` : "no findings\n");
    return 0;
  },
};
