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
  "assignee",
  "from",
  "to",
  "q",
  "sort",
] as const;

const DEFAULT_LIMIT = 50;

export const findingsList: Command = {
  name: "findings list",
  arguments: "[--limit N | --all] [--json]",
  summary: "Lists findings, the newest first.",
  options: [
    "--status --severity --family   only these (several with commas)",
    "--tenant --identity --team --assignee   only of this one",
    "--from T --to T    opened in this time",
    "--q TEXT           text in title, explanation, identity or owner",
    "--sort newest|risk (default: newest)",
    `--limit N          at most N (default: ${DEFAULT_LIMIT})`,
    "--all              every one",
    "--json             one finding a line",
  ],
  async run(args, io) {
    const options = Object.fromEntries(FILTERS.map((name) => [name, { type: "string" as const }]));
    const { values, positionals } = parseCommand(args, {
      ...options,
      limit: { type: "string" },
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    });
    if (positionals.length > 0) throw usage(`findings list takes no argument ${positionals[0]}`);
    const limit = limitOf(values.limit, values.all);
    const settings = await settingsOf(values, io);
    const given = Object.entries(values).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && FILTERS.some((name) => name === entry[0]),
    );
    const { findings, total } = await listFindings(settings, Object.fromEntries(given), limit);
    if (values.json)
      for (const finding of findings) io.stdout.write(`${JSON.stringify(finding)}\n`);
    else io.stdout.write(findings.length > 0 ? `${formatTable(findings)}\n` : "no findings\n");
    if (total > findings.length)
      io.stderr.write(`${findings.length} of ${total} findings; --limit N or --all shows more\n`);
    return 0;
  },
};

function limitOf(text: string | undefined, all: boolean): number {
  if (text === undefined) return all ? Infinity : DEFAULT_LIMIT;
  if (all) throw usage("--limit and --all exclude each other");
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usage("--limit takes a number from 1 on");
}
