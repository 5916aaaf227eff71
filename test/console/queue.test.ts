import { describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { filterFrom, NO_FILTER } from "#services/console/src/state/filter.ts";
import {
  appendRows,
  catchUp,
  EMPTY_QUEUE,
  matches,
  moveCursor,
  type Queue,
  replaceRows,
  takeEntry,
} from "#services/console/src/state/queue.ts";

const finding = (id: string, changes: Partial<Finding> = {}): Finding =>
  ({
    id,
    title: `Finding ${id}`,
    severity: "high",
    family: "prompt-loop",
    status: "new",
    assignee: null,
    subject: { identity: "svc-chat", owner: null, credential: null },
    showback: { team: "assist" },
    revision: 1,
    ...changes,
  }) as Finding;

const page = (...ids: string[]) => ({ items: ids.map((id) => finding(id)), next: null });
const idsOf = (findings: readonly Finding[]): string[] => findings.map(({ id }) => id);
const ids = ({ rows }: Queue): string[] => idsOf(rows);
const shown = replaceRows(EMPTY_QUEUE, page("a", "b", "c"));

describe("the queue", () => {
  it("puts the cursor on the first finding, and keeps it on its finding afterwards", () => {
    expect(shown.cursor).toBe("a");
    const moved = moveCursor(shown, 1);
    expect(replaceRows(moved, page("x", "b", "a")).cursor).toBe("b");
    expect(replaceRows(moved, page("x", "y")).cursor).toBe("x");
  });

  it("stops the cursor at both ends", () => {
    expect(moveCursor(shown, -1).cursor).toBe("a");
    expect(moveCursor(shown, 9).cursor).toBe("c");
    expect(moveCursor(EMPTY_QUEUE, 1).cursor).toBeNull();
  });

  it("changes a shown finding in its place", () => {
    const after = takeEntry(
      shown,
      finding("b", { revision: 2, severity: "low", status: "resolved" }),
      NO_FILTER,
    );
    expect(ids(after)).toEqual(["a", "b", "c"]);
    expect(after.rows[1]).toMatchObject({ severity: "low", status: "resolved" });
    expect(after.waiting).toEqual([]);
  });

  it("never goes back to an older revision", () => {
    const newer = takeEntry(shown, finding("b", { revision: 5 }), NO_FILTER);
    expect(takeEntry(newer, finding("b", { revision: 4, title: "old" }), NO_FILTER)).toBe(newer);
  });

  it("lets a new finding wait once, and forgets it where it no longer belongs", () => {
    const one = takeEntry(shown, finding("d"), NO_FILTER);
    const twice = takeEntry(one, finding("d", { revision: 2 }), NO_FILTER);
    expect(idsOf(twice.waiting)).toEqual(["d"]);
    expect(ids(twice)).toEqual(["a", "b", "c"]);
    const gone = takeEntry(twice, finding("d", { status: "archived" }), NO_FILTER);
    expect(gone.waiting).toEqual([]);
  });

  it("read anew has what waited; what came while it was read waits on", () => {
    const waiting = [finding("d"), finding("late")];
    const anew = replaceRows({ ...shown, waiting }, page("d", "a", "b", "c"));
    expect(idsOf(anew.waiting)).toEqual(["late"]);
  });

  it("shows a finding once where it moved between two pages", () => {
    expect(ids(appendRows(shown, page("c", "d")))).toEqual(["a", "b", "c", "d"]);
  });

  it("catches up after a gap as if the stream had told all of it", () => {
    const after = catchUp(shown, [finding("new"), finding("a", { revision: 3 })], NO_FILTER);
    expect(idsOf(after.waiting)).toEqual(["new"]);
    expect(after.rows[0]!.revision).toBe(3);
  });

  it.each<[string, boolean]>([
    ["", true],
    ["?severity=low", false],
    ["?family=prompt-loop&team=assist", true],
    ["?team=search", false],
    ["?assignee=ana", false],
    ["?q=SVC-CHAT", true],
    ["?q=elsewhere", false],
    ["?status=resolved", false],
  ])("knows what belongs to %s", (search, belongs) => {
    expect(matches(finding("a"), filterFrom(search))).toBe(belongs);
  });
});
