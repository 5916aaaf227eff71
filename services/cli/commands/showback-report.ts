import { showbackCsv } from "#core/showback/csv.ts";
import type { ShowbackReport } from "#core/showback/report.ts";
import { DIMENSION_NAMES } from "#core/showback/dimension.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { formatQuality } from "../format-quality.ts";
import { formatShowback } from "../format-showback.ts";
import { readShowback } from "../read-showback.ts";

const FORMATS = ["table", "json", "csv", "focus"] as const;

export const showbackReport: Command = {
  name: "showback report",
  arguments: "[--quality]",
  summary: "Says who used what for how much, from the usage log.",
  options: [
    "--from T --to T    usage of this time (default: the 30 days up to the newest event)",
    "--group-by NAMES   several with commas (default: team):",
    `                   ${DIMENSION_NAMES.join(", ")}`,
    "--tenant TENANT    only this tenant",
    "--format FORMAT    table, json, csv or focus (FinOps cost and usage, CSV; default: table)",
    "--quality          how well the usage is attributed, and whether it is ready to be charged",
  ],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, {
      from: { type: "string" },
      to: { type: "string" },
      "group-by": { type: "string" },
      tenant: { type: "string" },
      format: { type: "string", default: "table" },
      quality: { type: "boolean", default: false },
    });
    if (positionals.length > 0) throw usage(`showback report takes no argument ${positionals[0]}`);
    const format = FORMATS.find((name) => name === values.format);
    if (!format) throw usage(`--format takes ${FORMATS.join(", ")}`);
    if ((format === "csv" || format === "focus") && values.quality)
      throw usage("--quality comes as table or json");
    const { from, to, "group-by": group_by, tenant } = values;
    const asked = { from, to, group_by, tenant, quality: String(values.quality) };
    const given = Object.entries(asked).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const answer = await readShowback(await settingsOf(values, io), {
      ...Object.fromEntries(given),
      format: format === "focus" ? "focus" : "json",
    });
    io.stdout.write(answer.format === "focus" ? answer.csv : render(answer.report, format));
    return 0;
  },
};

function render(report: ShowbackReport, format: (typeof FORMATS)[number]): string {
  if (format === "json") return `${JSON.stringify(report)}\n`;
  if (format === "csv") return showbackCsv(report);
  const quality = report.quality ? `\n${formatQuality(report.quality)}\n` : "";
  return `${formatShowback(report)}\n${quality}`;
}
