import type { Finding } from "#core/finding/finding.ts";
import type { FindingRecord } from "#core/finding/finding-log.ts";
import { MeterhoundError } from "#core/errors.ts";
import { FindingQuery, matchesQuery, pageOf } from "../api/finding-query.ts";
import { openFindingStore } from "../api/finding-store.ts";
import type { Settings } from "../config.ts";
import { clientOf } from "./client.ts";
import { usage } from "./command.ts";
import { withPorts } from "./with-ports.ts";

/** The findings of a data directory, through the running service where there is one. */
export async function listFindings(
  settings: Settings,
  filter: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  const client = clientOf(settings, "read");
  if (client) {
    const query = new URLSearchParams(filter).toString();
    const { items } = (await client.request("GET", `/api/v1/findings?${query}`)) as {
      items: Finding[];
    };
    return items;
  }
  const parsed = FindingQuery.safeParse(filter);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw usage(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const records = await readStored(settings);
  const matching = records
    .map(({ finding }) => finding)
    .filter((f) => matchesQuery(f, parsed.data));
  return pageOf(matching, parsed.data.limit, null).items;
}

/** One finding by its id. Throws MH_API_NOT_FOUND. */
export async function readFinding(settings: Settings, id: string): Promise<Finding> {
  const client = clientOf(settings, "read");
  if (client) {
    return (await client.request("GET", `/api/v1/findings/${encodeURIComponent(id)}`)) as Finding;
  }
  const record = (await readStored(settings)).find(({ finding }) => finding.id === id);
  if (record) return record.finding;
  throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
}

function readStored(settings: Settings): Promise<FindingRecord[]> {
  return withPorts(settings, async ({ findingLog }) => {
    const store = await openFindingStore(findingLog, Date.now);
    const records = store.all().map(({ id }) => store.get(id)!);
    await store.stop();
    return records;
  });
}
