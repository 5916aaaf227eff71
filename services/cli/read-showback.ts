import type { ShowbackReport } from "#core/showback/report.ts";
import { problemsOf } from "../http/parse-request.ts";
import { ShowbackQuery } from "../api/showback-query.ts";
import type { Settings } from "../config.ts";
import { createShowback } from "../showback/showback.ts";
import { loadSite } from "../site.ts";
import { clientOf } from "./client.ts";
import { usage } from "./command.ts";
import { withPorts } from "./with-ports.ts";

/** A statement over the usage log, through the running service where there is one. Throws MH_USAGE. */
export async function readShowback(
  settings: Settings,
  asked: Readonly<Record<string, string>>,
): Promise<ShowbackReport> {
  const parsed = ShowbackQuery.safeParse(asked);
  if (!parsed.success) throw usage(problemsOf(parsed.error));
  const client = clientOf(settings, "read");
  if (client) {
    const query = new URLSearchParams(asked).toString();
    return (await client.request("GET", `/api/v1/showback?${query}`)) as ShowbackReport;
  }
  const { from, to, group_by: groupBy, tenant, quality } = parsed.data;
  const tenants = tenant === undefined ? null : [tenant];
  const site = await loadSite(settings);
  return withPorts(settings, ({ usageLog }) =>
    createShowback(usageLog, site, Date.now)({ from, to, groupBy, tenants, quality }),
  );
}
