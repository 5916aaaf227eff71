import { createDigest } from "#core/privacy.ts";
import { claimDataDir, digestKeyOf, prepareDataDir, releaseDataDir } from "../../data-dir.ts";
import { type Accepted, createAccept } from "../../ingest/accept.ts";
import { readLines } from "../../ingest/lines.ts";
import { parseBody } from "../../ingest/parse-body.ts";
import { loadSite } from "../../site.ts";
import { openEmbedded } from "../../wiring.ts";
import type { Settings } from "../../config.ts";
import { clientOf } from "../client.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { createProblemReport } from "../problem-report.ts";

/** Sends one batch of lines and answers what became of it. */
type Send = (body: Buffer) => Promise<Accepted>;

const BATCH_BYTES = 1 << 20;

export const ingest: Command = {
  name: "ingest",
  arguments: "FILE…",
  summary: "Appends files to the usage log, through the running service where there is one.",
  options: ["FILE               NDJSON, .gz too; - reads standard input"],
  async run(args, io) {
    const { values, positionals: files } = parseCommand(args, {});
    if (files.length === 0) throw usage("ingest takes at least one file");
    const settings = await settingsOf(values, io);
    const { send, close } = await openSender(settings);
    const totals = { accepted: 0, duplicates: 0, quarantined: 0 };
    const problems = createProblemReport(io.stderr);
    try {
      for (const file of files) {
        let index = 0;
        for await (const { body, lines } of batches(file)) {
          const answer = await send(body);
          totals.accepted += answer.accepted;
          totals.duplicates += answer.duplicates;
          totals.quarantined += answer.quarantined.length;
          for (const problem of answer.quarantined) problems.add(file, index + problem.index, problem);
          index += lines;
        }
      }
    } finally {
      await close();
    }
    problems.summarise();
    const { accepted, duplicates, quarantined } = totals;
    io.stdout.write(`${accepted} accepted, ${duplicates} duplicates, ${quarantined} quarantined\n`);
    return 0;
  },
};

async function* batches(file: string): AsyncGenerator<{ body: Buffer; lines: number }> {
  let lines: string[] = [];
  let size = 0;
  const chunks = readLines(file, (line, bytes) => {
    lines.push(line ?? "\u0000");
    size += bytes;
  });
  for await (const _ of chunks) {
    if (size < BATCH_BYTES) continue;
    yield { body: Buffer.from(lines.join("\n")), lines: lines.length };
    lines = [];
    size = 0;
  }
  if (lines.length > 0) yield { body: Buffer.from(lines.join("\n")), lines: lines.length };
}

async function openSender(settings: Settings): Promise<{ send: Send; close(): Promise<void> }> {
  const client = clientOf(settings);
  if (client) {
    const send: Send = async (body) => (await client.request("POST", "/v1/events", body)) as Accepted;
    return { send, close: async () => {} };
  }
  const { data_dir: dir } = settings;
  const site = await loadSite(settings);
  prepareDataDir(dir);
  claimDataDir(dir, null);
  const ports = await openEmbedded(dir);
  const accept = createAccept(ports.usageLog, ports.quarantine, site);
  const digest = createDigest(settings.digest_key ?? digestKeyOf(dir));
  return {
    send: (body) => accept(parseBody(body), { source: "file", tenants: null, digest }, Date.now()),
    async close() {
      await ports.close();
      releaseDataDir(dir);
    },
  };
}

