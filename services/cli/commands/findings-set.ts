import { FINDING_STATUSES, VERDICTS } from "#core/finding/finding.ts";
import type { TriageChange } from "#core/finding/finding-log.ts";
import type { FindingDetail } from "#core/finding/history.ts";
import { TRIAGE_FINDING } from "../../api/finding-operations.ts";
import { problemsOf } from "../../http/parse-request.ts";
import { changeFinding } from "../change-finding.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { oneArgument } from "../one-argument.ts";
import { printable } from "../printable.ts";
import { standingOf } from "../format-history.ts";

export const findingsSet: Command = {
  name: "findings set",
  arguments: "FINDING [--status S] [--verdict V] [--assignee A] [--note TEXT] [--contained]",
  summary: "Says what became of a finding; a change that somebody else made meanwhile stands.",
  options: [
    `--status S         ${FINDING_STATUSES.join(", ")}`,
    `--verdict V        ${VERDICTS.slice(0, 4).join(", ")},`,
    `                   ${VERDICTS.slice(4).join(", ")}`,
    "--assignee A       whose work it is",
    "--note TEXT        what others should know",
    "--contained        the abuse is stopped; the time is kept",
    "--revision N       only if nobody changed it since this revision (default: the newest)",
    "--json             the finding as it is now, as JSON",
  ],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, {
      status: { type: "string" },
      verdict: { type: "string" },
      assignee: { type: "string" },
      note: { type: "string" },
      contained: { type: "boolean" },
      revision: { type: "string" },
      json: { type: "boolean", default: false },
    });
    const id = oneArgument(positionals, "findings set takes one finding's id");
    const { status, verdict, assignee, note, contained } = values;
    const change = changeOf({ status, verdict, assignee, note, contained });
    const seen = revisionOf(values.revision);
    const by = io.env["USER"] ?? "local";
    const settings = await settingsOf(values, io);
    const finding = await changeFinding(settings, { id, change, seen, by });
    io.stdout.write(
      values.json ? `${JSON.stringify(finding, null, 2)}\n` : printable(confirm(finding)),
    );
    return 0;
  },
};

/** What the API takes, checked before anything is asked. Throws MH_USAGE. */
function changeOf(given: Readonly<Record<string, string | boolean | undefined>>): TriageChange {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  const parsed = TRIAGE_FINDING.body.safeParse(Object.fromEntries(said));
  if (!parsed.success) throw usage(problemsOf(parsed.error));
  return parsed.data as TriageChange;
}

function revisionOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usage("--revision takes a number, as findings show tells it");
}

function confirm(finding: FindingDetail): string {
  const notes = finding.notes.length;
  return `${finding.id}: ${standingOf(finding)}; ${notes} note${notes === 1 ? "" : "s"}; revision ${finding.revision}\n`;
}
