import type { ShowbackReport } from "#core/showback/report.ts";
import { problemsOf } from "../http/parse-request.ts";
import { DEFAULT_GROUPING, ShowbackQuery } from "../api/showback-query.ts";
import type { Settings } from "../config.ts";
import { createShowback } from "../showback/showback.ts";
import { loadSite } from "../site.ts";
import { clientOf } from "./client.ts";
import { usage } from "./command.ts";
import { withStore } from "./read-findings.ts";
import { withPorts } from "./with-ports.ts";

/** A statement over the usage log, as a report or as FOCUS in CSV. */
export type ShowbackAnswer =
  | { format: "json"; report: ShowbackReport }
  | { format: "focus"; csv: string };

/** Reads a statement, through the running service where there is one. Throws MH_USAGE. */
export async function readShowback(
  settings: Settings,
  asked: Readonly<Record<string, string>> & { format: ShowbackAnswer["format"] },
): Promise<ShowbackAnswer> {
  const { format } = asked;
  const parsed = ShowbackQuery.safeParse(asked);
  if (!parsed.success) throw usage(problemsOf(parsed.error));
  const client = clientOf(settings, "read");
  if (client) {
    const query = new URLSearchParams(asked).toString();
    const answer = await client.request("GET", `/api/v1/showback?${query}`);
    return format === "focus"
      ? { format, csv: answer as string }
      : { format, report: answer as ShowbackReport };
  }
  const { from, to, group_by: groupBy = DEFAULT_GROUPING, tenant, quality } = parsed.data;
  const tenants = tenant === undefined ? null : [tenant];
  const site = await loadSite(settings);
  return withPorts(settings, async ({ usageLog, findingLog }): Promise<ShowbackAnswer> => {
    const readFindings = () => withStore(findingLog, (store) => store.all());
    const showback = createShowback(usageLog, readFindings, site, Date.now);
    return format === "focus"
      ? { format, csv: await showback.focus({ from, to, tenants }) }
      : { format, report: await showback.report({ from, to, groupBy, tenants, quality }) };
  });
}
