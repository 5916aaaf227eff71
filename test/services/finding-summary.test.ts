import { describe, expect, it } from "vitest";
import type { Finding, FindingBody } from "#core/finding/finding.ts";
import { formatTime, HOUR } from "#core/time.ts";
import { summaryOf } from "#services/api/finding-summary.ts";
import { findingBody } from "#test/contract/finding-body.ts";

const NOW = Date.parse("2026-10-05T12:00:00Z");
const { showback, subject } = findingBody();

interface Told extends Partial<FindingBody> {
  identity: string | null;
  excess: string;
  daily?: string;
}

/** A finding that nobody looked at yet, seen last a minute ago. */
function finding({ identity, excess, daily = "0", ...more }: Told): Finding {
  return {
    ...findingBody({
      last_seen: formatTime(NOW - 60_000),
      ...more,
      subject: { ...subject, identity },
      showback: { ...showback, excess, projected_daily: daily },
    }),
    status: "new",
    verdict: null,
    assignee: null,
    acknowledged_at: null,
    contained_at: null,
    revision: 1,
  };
}

const openOf = (...findings: Finding[]) => summaryOf(findings, {}, () => true, NOW).open;

describe("the money of what is open", () => {
  it("is at least the largest finding of each identity, at most all of them", () => {
    const open = openOf(
      finding({ id: "a", identity: "svc-chat", excess: "5.5" }),
      finding({ id: "b", identity: "svc-chat", excess: "3" }),
      finding({ id: "c", identity: "svc-chat", tenant: "globex", excess: "1" }),
      finding({ id: "d", identity: null, excess: "0.25" }),
      finding({ id: "e", identity: null, excess: "0.25" }),
    );
    expect(open).toMatchObject({ excess: "10", excess_at_least: "7" });
  });

  it("burns where a finding is not over and was seen within the hour, once an identity", () => {
    const open = openOf(
      finding({ id: "a", identity: "svc-chat", excess: "1", daily: "24" }),
      finding({ id: "b", identity: "svc-chat", excess: "1", daily: "20" }),
      finding({
        id: "c",
        identity: "svc-quiet",
        excess: "1",
        daily: "600",
        last_seen: formatTime(NOW - 2 * HOUR),
      }),
      finding({
        id: "d",
        identity: "svc-over",
        excess: "1",
        daily: "600",
        closed_at: formatTime(NOW),
      }),
    );
    expect(open.projected_daily).toBe("24");
  });
});
