import { MeterhoundError } from "#core/errors.ts";
import type { TriageChange } from "#core/finding/finding-log.ts";
import { detailOf, type FindingDetail } from "#core/finding/history.ts";
import type { FindingStore, TriageResult } from "../api/finding-store.ts";
import type { Settings } from "../config.ts";
import { type Client, clientOf } from "./client.ts";
import { findingPath, withFindings } from "./read-findings.ts";

/** A person's word on a finding. */
export interface Change {
  id: string;
  change: TriageChange;
  /** The revision the person looked at; null: the one it has now. */
  seen: number | null;
  /** Who says so where no service knows it by its token. */
  by: string;
}

/**
 * Writes a person's change or note to a finding, through the running service where there is one.
 * Throws MH_API_NOT_FOUND, MH_API_CONFLICT where somebody changed it since, MH_API_BAD_REQUEST.
 */
export async function changeFinding(settings: Settings, asked: Change): Promise<FindingDetail> {
  const client = clientOf(settings, "triage");
  if (client) return changeServed(client, asked);
  return withFindings(settings, (store) => changeStored(store, asked));
}

async function changeServed(client: Client, { id, change, seen }: Change): Promise<FindingDetail> {
  const path = findingPath(id);
  if (isNote(change, seen)) {
    const body = JSON.stringify({ text: change.note });
    return (await client.request("POST", `${path}/notes`, body)) as FindingDetail;
  }
  const revision = seen ?? ((await client.request("GET", path)) as FindingDetail).revision;
  const headers = { "if-match": `"${revision}"` };
  return (await client.request("PATCH", path, JSON.stringify(change), headers)) as FindingDetail;
}

async function changeStored(
  store: FindingStore,
  { id, change, seen, by }: Change,
): Promise<FindingDetail> {
  const revision = seen ?? store.get(id)?.finding.revision ?? 0;
  return settled(
    isNote(change, seen)
      ? await store.note(id, change.note, by)
      : await store.triage(id, revision, change, by),
  );
}

/** A note alone conflicts with nobody. */
function isNote(change: TriageChange, seen: number | null): change is { note: string } {
  return seen === null && change.note !== undefined && Object.keys(change).length === 1;
}

function settled(result: TriageResult): FindingDetail {
  switch (result.kind) {
    case "done":
      return detailOf(result.record);
    case "missing":
      throw new MeterhoundError("MH_API_NOT_FOUND", { what: "such finding" });
    case "invalid":
      throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: result.reason });
    case "conflict":
      throw new MeterhoundError("MH_API_CONFLICT", { revision: result.revision });
  }
}
