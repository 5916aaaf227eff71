import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createProgram } from "#core/pipeline/program.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { DEFAULT_IMPACT } from "#core/severity.ts";
import { replay } from "#services/replay/replay.ts";
import { loadRules } from "#services/rules/load.ts";
import { loadSite, NO_SITE_FILES } from "#services/site.ts";
import { readEvents } from "./read-events.ts";

/**
 * How well `prompt-loop` finds labelled loops, and how often it is wrong, with the digests as sent and
 * with some taken away: `node --import tsx bench/loops.ts EVENTS.ndjson.gz LABELS.json.gz`.
 * Labels: `{sessions: [{session, loop, ambiguous, onset}]}`.
 */
interface Label {
  session: string;
  loop: boolean;
  ambiguous: boolean;
  /** Time of the call that completes the third round. */
  onset: string | null;
}

const VARIANTS: readonly [name: string, without: readonly ("prompt_digest" | "result_digest")[]][] =
  [
    ["digests as sent", []],
    ["without result digests", ["result_digest"]],
    ["without any digest", ["prompt_digest", "result_digest"]],
  ];

const [events, labelFile] = process.argv.slice(2);
if (events === undefined || labelFile === undefined) {
  process.stderr.write("usage: bench/loops.ts EVENTS.ndjson.gz LABELS.json.gz\n");
  process.exit(2);
}
const { sessions } = JSON.parse(gunzipSync(readFileSync(labelFile)).toString()) as {
  sessions: Label[];
};
const loops = sessions.filter(({ loop }) => loop);
const ordinary = sessions.filter(({ loop, ambiguous }) => !loop && !ambiguous);
const program = createProgram(
  loadRules().filter(({ rule }) => rule.family === "prompt-loop"),
  DEFAULT_IMPACT,
);
const site = await loadSite(NO_SITE_FILES);

process.stdout.write(`${loops.length} loops, ${ordinary.length} ordinary sessions\n`);
for (const [name, without] of VARIANTS) {
  const opened = new Map<string, string>();
  const { findings } = await replay(program, taken(without));
  for (const { subject, opened_at } of findings) opened.set(subject.flow ?? "", opened_at);
  const found = loops.filter(({ session }) => opened.has(session));
  const onTime = found.filter(({ session, onset }) => opened.get(session) === onset);
  const wrong = ordinary.filter(({ session }) => opened.has(session));
  process.stdout.write(
    `${name}: ${found.length} of ${loops.length} found, ${onTime.length} at their onset; ` +
      `${wrong.length} of ${ordinary.length} ordinary sessions flagged\n`,
  );
}

async function* taken(
  without: (typeof VARIANTS)[number][1],
): AsyncGenerator<readonly ResolvedEvent[]> {
  for await (const batch of readEvents(events!, site)) {
    for (const { event } of batch) {
      for (const digest of without) delete event.content?.[digest];
    }
    yield batch;
  }
}
