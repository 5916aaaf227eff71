import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decideNote,
  decideTriage,
  evolve,
  type FindingEntry,
  type FindingRecord,
  type MachineEntry,
  type NotedEntry,
  type TriageChange,
  type TriagedEntry,
} from "#core/finding/finding-log.ts";
import { detailOf } from "#core/finding/history.ts";
import type { Severity } from "#core/severity.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { startFold } from "#test/support/fold-run.ts";
import { resolvedAt, START } from "#test/support/observed.ts";
import { probeProgram } from "#test/support/probe.ts";

const OPENED = openedEntry();

function openedEntry(): MachineEntry {
  const run = startFold(probeProgram());
  run.event(resolvedAt(START, { extra: { signal: 1 } }));
  return run.outputs.findings[0]!;
}

function machine(n: number, severity: Severity = "low"): MachineEntry {
  const kind = n === 1 ? "opened" : "updated";
  const body = { ...OPENED.body, severity, title: `after ${n}` };
  return { ...OPENED, kind, id: `${OPENED.finding}.m.${n}`, body };
}

function human(n: number, change: TriageChange): TriagedEntry {
  const { finding, tenant } = OPENED;
  const at = `2026-10-06T07:00:0${n}.000Z`;
  return { kind: "triaged", id: `${finding}.h.${n}`, finding, tenant, at, by: "ana", change };
}

function noted(n: number): NotedEntry {
  const { finding, tenant } = OPENED;
  const at = `2026-10-06T08:00:0${n}.000Z`;
  const note = "asked the owner";
  return { kind: "noted", id: `${finding}.h.${n}`, finding, tenant, at, by: "bo", note };
}

function folded(...entries: FindingEntry[]): FindingRecord {
  const record = entries.reduce<FindingRecord | undefined>(evolve, undefined);
  if (!record) throw new Error("no finding");
  return record;
}

describe("finding", () => {
  it("is new when it opens", () => {
    expect(folded(machine(1))).toEqual({
      humanEntries: 0,
      lastHumanRevision: 0,
      history: [
        {
          id: machine(1).id,
          kind: "opened",
          at: machine(1).at,
          by: null,
          severity: "low",
          change: null,
        },
      ],
      finding: {
        ...machine(1).body,
        status: "new",
        verdict: null,
        assignee: null,
        acknowledged_at: null,
        contained_at: null,
        revision: 1,
      },
    });
  });

  it("takes the whole body of a machine's entry and keeps what people said", () => {
    const { finding } = folded(machine(1), human(1, { status: "in_progress" }), machine(2, "high"));
    expect(finding).toMatchObject({
      status: "in_progress",
      severity: "high",
      title: "after 2",
      revision: 3,
    });
  });

  it("is acknowledged and contained by whoever says so first", () => {
    const { finding } = folded(
      machine(1),
      human(1, { note: "looking" }),
      human(2, { contained: true }),
      human(3, { contained: true, verdict: "true_positive", assignee: "bo", status: "resolved" }),
    );
    expect(finding).toMatchObject({
      acknowledged_at: human(1, {}).at,
      contained_at: human(2, {}).at,
      status: "resolved",
      verdict: "true_positive",
      assignee: "bo",
    });
  });

  it("keeps its history: opening, changes of severity, and people's word", () => {
    const detected = [machine(1), machine(2), machine(3, "high")];
    const said = [human(1, { status: "in_progress", note: "looking" }), noted(2)];
    const record = folded(...detected, ...said, machine(4, "high"));
    expect(record.history.map(({ kind, by, severity }) => [kind, by, severity])).toEqual([
      ["opened", null, "low"],
      ["updated", null, "high"],
      ["triaged", "ana", null],
      ["noted", "bo", null],
    ]);
    expect(detailOf(record).notes.map(({ by, text }) => [by, text])).toEqual([
      ["ana", "looking"],
      ["bo", "asked the owner"],
    ]);
  });

  it("is nothing to a person before it opened", () => {
    expect(evolve(undefined, human(1, {}))).toBeUndefined();
  });

  it("comes out the same however machine and people interleave", () => {
    const machines = [machine(2), machine(3, "high"), machine(4, "medium")];
    const humans = [
      human(1, { status: "in_progress", assignee: "bo" }),
      human(2, { contained: true }),
      human(3, { status: "resolved", verdict: "benign_expected" }),
    ];
    const straight = folded(machine(1), ...machines, ...humans);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (turns) => {
        const left = { machine: [...machines], human: [...humans] };
        const order: FindingEntry[] = [machine(1)];
        for (const isHuman of turns) {
          const next = (isHuman ? left.human : left.machine).shift();
          if (next) order.push(next);
        }
        const record = folded(...order, ...left.machine, ...left.human);
        expect(record.finding).toEqual(straight.finding);
        expect(record.humanEntries).toBe(3);
      }),
    );
  });

  it("is not changed by entries that were seen before, in whatever order they come back", () => {
    const entries = [machine(1), human(1, { assignee: "bo" }), machine(2, "high"), human(2, {})];
    const once = createFindingProjection();
    for (const entry of entries) once.apply(entry);
    const again = createFindingProjection();
    for (const entry of [...entries, ...entries.toReversed()]) again.apply(entry);
    expect(again.all()).toEqual(once.all());
    expect(again.get(OPENED.finding)).toEqual(once.get(OPENED.finding));
    expect(again.apply(machine(1))).toEqual(once.all()[0]);
  });

  it("is listed by its opening, then id", () => {
    const projection = createFindingProjection();
    const opening = (id: string, opened_at: string): MachineEntry => ({
      ...OPENED,
      id: `${id}.m.1`,
      finding: id,
      body: { ...OPENED.body, id, opened_at },
    });
    for (const [id, at] of [
      ["c", "2"],
      ["b", "1"],
      ["a", "2"],
    ] as const)
      projection.apply(opening(id, at));
    expect(projection.all().map(({ id }) => id)).toEqual(["b", "a", "c"]);
  });
});

describe("triage", () => {
  const decide = (record: FindingRecord, seen: number, change: TriageChange) =>
    decideTriage(record, seen, change, "ana", "2026-10-06T07:00:00.000Z");

  it("appends the next entry of the finding", () => {
    const record = folded(machine(1), human(1, {}));
    expect(decide(record, 2, { assignee: "bo" })).toEqual({
      kind: "triaged",
      id: `${OPENED.finding}.h.2`,
      finding: OPENED.finding,
      tenant: "acme",
      at: "2026-10-06T07:00:00.000Z",
      by: "ana",
      change: { assignee: "bo" },
    });
  });

  it.each<[string, FindingEntry[], number, boolean]>([
    ["what the machine added since", [machine(1), machine(2), machine(3)], 1, false],
    ["what the machine added after a person", [machine(1), human(1, {}), machine(2)], 2, false],
    ["what another person said since", [machine(1), human(1, {})], 1, true],
    ["another person's note", [machine(1), noted(1)], 1, false],
    ["an older person's word", [machine(1), human(1, {}), machine(2), human(2, {})], 3, true],
    ["a revision that is yet to come", [machine(1)], 2, true],
  ])("minds %s: %#", (_, entries, seen, isConflict) => {
    const answer = decide(folded(...entries), seen, { note: "n" });
    expect("refused" in answer ? answer.refused : null).toBe(isConflict ? "conflict" : null);
  });

  it("takes a note as the next entry, whatever was seen", () => {
    const record = folded(machine(1), human(1, {}), noted(2));
    expect(decideNote(record, "fine", "bo", "2026-10-06T09:00:00.000Z")).toEqual({
      kind: "noted",
      id: `${OPENED.finding}.h.3`,
      finding: OPENED.finding,
      tenant: "acme",
      at: "2026-10-06T09:00:00.000Z",
      by: "bo",
      note: "fine",
    });
  });

  it.each<[string, TriageChange, TriageChange, boolean]>([
    ["without any verdict", {}, { status: "resolved" }, true],
    ["with one", {}, { status: "resolved", verdict: "fp_logic" }, false],
    ["with an earlier one", { verdict: "fp_logic" }, { status: "resolved" }, false],
  ])("resolves %s: refused %s", (_, before, change, isRefused) => {
    const answer = decide(folded(machine(1), human(1, before)), 2, change);
    expect("refused" in answer ? answer.refused : null).toBe(isRefused ? "invalid" : null);
  });
});
