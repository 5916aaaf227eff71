import type { Finding } from "#core/finding/finding.ts";
import { detailOf, type FindingDetail } from "#core/finding/history.ts";
import { MeterhoundError } from "#core/errors.ts";
import { FindingQuery, matchesFilter, pageOf } from "../api/finding-query.ts";
import { type FindingStore, openFindingStore } from "../api/finding-store.ts";
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
  const { sort, limit, ...wanted } = parsed.data;
  return readStored(settings, (store) => {
    const belongs = (finding: Finding): boolean => matchesFilter(finding, wanted);
    return pageOf(store.inOrder(sort, null), limit, belongs).items;
  });
}

/** One finding by its id. Throws MH_API_NOT_FOUND. */
export async function readFinding(settings: Settings, id: string): Promise<FindingDetail> {
  const client = clientOf(settings, "read");
  if (client) {
    return (await client.request(
      "GET",
      `/api/v1/findings/${encodeURIComponent(id)}`,
    )) as FindingDetail;
  }
  const record = await readStored(settings, (store) => store.get(id));
  if (record) return detailOf(record);
  throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
}

function readStored<T>(settings: Settings, read: (store: FindingStore) => T): Promise<T> {
  return withPorts(settings, async ({ findingLog }) => {
    const store = await openFindingStore(findingLog, Date.now);
    const found = read(store);
    await store.stop();
    return found;
  });
}
