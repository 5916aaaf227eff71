import { deserialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "#core/finding/finding.ts";
import { fold, type LogEntry } from "#core/pipeline/fold.ts";
import { createOutputs } from "#core/pipeline/outputs.ts";
import { isBefore, type ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createPartitionState } from "#core/pipeline/state.ts";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { packSnapshot, type PartitionSnapshot } from "#services/detect/checkpoint.ts";
import { replay } from "#services/replay/replay.ts";
import {
  findingsOf,
  foldEvents,
  type FoldRun,
  shippedProgram,
  startFold,
} from "#test/support/fold-run.ts";
import { START } from "#test/support/observed.ts";
import { createRandom } from "#test/support/random.ts";
import { delayed, sortedByWindow, troubledStream } from "#test/support/streams.ts";

const PROGRAM = shippedProgram();
const seed = fc.nat(1_000_000);
const FEW = { numRuns: 8 };
/** Long after everything: every episode is over. */
const THE_END = START + 30 * DAY;

async function findingsIn(events: readonly ResolvedEvent[]): Promise<Finding[]> {
  // Read again from text, as every run of a file does: the fold writes into its events.
  const batch = events.map(({ at, event, cost }) => ({ at, event: structuredClone(event), cost }));
  return (await replay(PROGRAM, inBatches(batch))).findings;
}

async function* inBatches(events: readonly ResolvedEvent[]): AsyncGenerator<ResolvedEvent[]> {
  for (let i = 0; i < events.length; i += 100) yield events.slice(i, i + 100);
}

const finish = (run: FoldRun): FoldRun => {
  run.tick(THE_END);
  return run;
};

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

const merged = (...streams: ResolvedEvent[][]): ResolvedEvent[] =>
  streams.flat().toSorted((a, b) => (isBefore(a, b) ? -1 : 1));

describe("replay", () => {
  it("has something to find in these streams, of every family that needs no week of history", async () => {
    const families = (await findingsIn(troubledStream(1, "acme"))).map(({ family }) => family);
    expect(new Set(families)).toEqual(new Set(["prompt-loop", "runaway-agent", "usage-anomaly"]));
    expect(families.length).toBeGreaterThan(10);
  });

  it("finds the same where lines stand up to a minute out of order", async () => {
    await fc.assert(
      fc.asyncProperty(seed, async (n) => {
        const stream = merged(troubledStream(n, "acme"), troubledStream(n + 1, "beta"));
        const late = delayed(createRandom(n), stream);
        expect(late).not.toEqual(stream);
        expect(await findingsIn(sortedByWindow(late))).toEqual(await findingsIn(stream));
      }),
      FEW,
    );
  });

  it("finds the same where every event comes twice, at once or an hour later", async () => {
    await fc.assert(
      fc.asyncProperty(seed, async (n) => {
        const stream = troubledStream(n, "acme");
        const straight = await findingsIn(stream);
        expect(await findingsIn(stream.flatMap((event) => [event, event]))).toEqual(straight);
        const run = startFold(PROGRAM);
        const resent = stream
          .flatMap((event) => [
            { event, seen: event.at },
            { event, seen: event.at + HOUR },
          ])
          .toSorted((a, b) => a.seen - b.seen);
        for (const { event } of resent) run.event(event);
        const once = startFold(PROGRAM);
        for (const event of stream) once.event(event);
        expect(finish(run).outputs.findings).toEqual(finish(once).outputs.findings);
      }),
      FEW,
    );
  });

  it("finds in one tenant what it finds without the other", () => {
    fc.assert(
      fc.property(seed, (n) => {
        const acme = troubledStream(n, "acme");
        const both = merged(acme, troubledStream(n + 7, "beta"));
        const alone = finish(foldEvents(startFold(PROGRAM), acme)).outputs.findings;
        const together = finish(foldEvents(startFold(PROGRAM), both)).outputs.findings;
        // By id: episodes that end between two events are noticed together, in the order they opened.
        const ofAcme = together.filter(({ tenant }) => tenant === "acme");
        expect(ofAcme.toSorted(byId)).toEqual(alone.toSorted(byId));
        expect(together.length).toBeGreaterThan(alone.length);
      }),
      FEW,
    );
  });

  it("goes on from a checkpoint at any point as if nothing had happened", () => {
    fc.assert(
      fc.property(seed, (n) => {
        const stream = troubledStream(n, "acme");
        const straight = startFold(PROGRAM);
        for (const event of stream) straight.event(event);
        finish(straight);

        const cut = createRandom(n).below(stream.length);
        const first = startFold(PROGRAM);
        for (const event of stream.slice(0, cut)) first.event(event);
        const packed = packSnapshot(
          { state: first.state, unwritten: { rollups: [], bands: [] } },
          1,
        );
        expect(packed.sequence).toBe(cut);
        const second = startFold(PROGRAM, (deserialize(packed.state) as PartitionSnapshot).state);
        for (const event of stream.slice(cut)) second.event(event);
        finish(second);

        const { findings, bands } = straight.outputs;
        expect([...first.outputs.findings, ...second.outputs.findings]).toEqual(findings);
        expect([...first.outputs.bands, ...second.outputs.bands]).toEqual(bands);
        expect(second.state).toEqual(straight.state);
      }),
      FEW,
    );
  });

  it("repeats every output of the same entries, though the fold has written into them", () => {
    fc.assert(
      fc.property(seed, (n) => {
        const entries = troubledStream(n, "acme").map((event, i): LogEntry => ({
          kind: "event",
          sequence: i + 1,
          ...event,
        }));
        const run = () => {
          const outputs = createOutputs();
          const state = createPartitionState();
          for (const entry of entries) fold(PROGRAM, state, entry, outputs);
          return { ...outputs, rollups: [...outputs.rollups] };
        };
        expect(run()).toEqual(run());
      }),
      FEW,
    );
  });

  it("ends every episode at the same time and sum, whichever ticks noticed", () => {
    fc.assert(
      fc.property(seed, (n) => {
        const stream = troubledStream(n, "acme");
        const ticking = startFold(PROGRAM);
        for (let at = START; at < START + 5 * DAY; at += MINUTE) {
          while (stream[0] && stream[0].at < at) ticking.event(stream.shift()!);
          ticking.tick(at);
        }
        const silent = startFold(PROGRAM);
        for (const event of troubledStream(n, "acme")) silent.event(event);
        const withoutRevision = (run: FoldRun) =>
          findingsOf(finish(run).outputs.findings).map((finding) => ({ ...finding, revision: 0 }));
        const findings = withoutRevision(silent);
        expect(withoutRevision(ticking)).toEqual(findings);
        expect(findings.every(({ closed_at }) => closed_at !== null)).toBe(true);
      }),
      { numRuns: 4 },
    );
  });
});
