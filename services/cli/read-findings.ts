import { MeterhoundError } from "#core/errors.ts";
import type { Finding } from "#core/finding/finding.ts";
import { detailOf, type FindingDetail } from "#core/finding/history.ts";
import type { FindingLog } from "#core/ports/finding-log.ts";
import { FindingQuery, matchesFilter } from "../api/finding-query.ts";
import { type FindingStore, openFindingStore } from "../api/finding-store.ts";
import type { FindingSummary } from "../api/finding-shape.ts";
import type { Settings } from "../config.ts";
import { problemsOf } from "../http/parse-request.ts";
import { type Client, clientOf } from "./client.ts";
import { usage } from "./command.ts";
import { withPorts } from "./with-ports.ts";

/** The first findings of a list, and how many there are. */
export interface FindingPage {
  findings: Finding[];
  total: number;
}

const Asked = FindingQuery.omit({ limit: true, cursor: true });
/** The most that one request answers. */
const PAGE = 500;

/** The first findings of a data directory that pass a filter, through the running service where there is one. Throws MH_USAGE. */
export async function listFindings(
  settings: Settings,
  asked: Readonly<Record<string, string>>,
  limit: number,
): Promise<FindingPage> {
  const parsed = Asked.safeParse(asked);
  if (!parsed.success) throw usage(problemsOf(parsed.error));
  const client = clientOf(settings, "read");
  if (client) return listServed(client, asked, limit);
  const { sort, ...filter } = parsed.data;
  return withFindings(settings, async (store) => {
    const findings = [...store.inOrder(sort, null)].filter((one) => matchesFilter(one, filter));
    return { findings: findings.slice(0, limit), total: findings.length };
  });
}

async function listServed(
  client: Client,
  asked: Readonly<Record<string, string>>,
  limit: number,
): Promise<FindingPage> {
  const findings: Finding[] = [];
  let cursor: string | null = null;
  do {
    const page = String(Math.min(limit - findings.length, PAGE));
    const paging = { limit: page, ...(cursor && { cursor }) };
    const query = new URLSearchParams({ ...asked, ...paging }).toString();
    const answer = (await client.request("GET", `/api/v1/findings?${query}`)) as {
      items: Finding[];
      next: string | null;
    };
    findings.push(...answer.items);
    cursor = answer.next;
  } while (cursor !== null && findings.length < limit);
  if (cursor === null) return { findings, total: findings.length };
  const { sort: _, ...filter } = asked;
  const query = new URLSearchParams(filter).toString();
  const { total } = (await client.request(
    "GET",
    `/api/v1/findings/summary?${query}`,
  )) as FindingSummary;
  return { findings, total };
}

/** One finding by its id. Throws MH_API_NOT_FOUND. */
export async function readFinding(settings: Settings, id: string): Promise<FindingDetail> {
  const [finding] = await readFindings(settings, [id]);
  if (finding) return finding;
  throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
}

/** Findings by their ids; null for one that is not there. */
export async function readFindings(
  settings: Settings,
  ids: readonly string[],
): Promise<(FindingDetail | null)[]> {
  const client = clientOf(settings, "read");
  if (client) return Promise.all(ids.map((id) => readServed(client, id)));
  return withFindings(settings, async (store) =>
    ids.map((id) => {
      const record = store.get(id);
      return record ? detailOf(record) : null;
    }),
  );
}

async function readServed(client: Client, id: string): Promise<FindingDetail | null> {
  try {
    return (await client.request("GET", findingPath(id))) as FindingDetail;
  } catch (error) {
    if (error instanceof MeterhoundError && error.code === "MH_API_NOT_FOUND") return null;
    throw error;
  }
}

export function findingPath(id: string): string {
  return `/api/v1/findings/${encodeURIComponent(id)}`;
}

/** Works with the findings of a data directory while no service uses it. Throws MH_DATA_IN_USE. */
export function withFindings<T>(
  settings: Settings,
  use: (store: FindingStore) => Promise<T>,
): Promise<T> {
  return withPorts(settings, ({ findingLog }) => withStore(findingLog, use));
}

/** Works with the findings of a log. */
export async function withStore<T>(
  log: FindingLog,
  use: (store: FindingStore) => Promise<T> | T,
): Promise<T> {
  const store = await openFindingStore(log, Date.now);
  try {
    return await use(store);
  } finally {
    await store.stop();
  }
}
