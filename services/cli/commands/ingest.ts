import pino from "pino";
import type { Format } from "#core/formats/format.ts";
import { createDigest } from "#core/privacy.ts";
import { claimDataDir, digestKeyOf, prepareDataDir, releaseDataDir } from "../../data-dir.ts";
import { type Accepted, createAccept } from "../../ingest/accept.ts";
import { fileBatches } from "../../ingest/file-batches.ts";
import { parseBody } from "../../ingest/parse-body.ts";
import { maxEventOf } from "../../ingest/read-payload.ts";
import { loadSite } from "../../site.ts";
import { openPorts } from "../../wiring.ts";
import type { Settings } from "../../config.ts";
import { clientOf } from "../client.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { FORMAT_HELP, FORMAT_OPTION, formatChoice } from "../format-option.ts";
import { createProblemReport } from "../problem-report.ts";

/** Sends one batch of lines and answers what became of it. */
type Send = (body: Buffer, format: Format | "native") => Promise<Accepted>;

export const ingest: Command = {
  name: "ingest",
  arguments: "FILE… [--format FORMAT]",
  summary: "Appends files to the usage log, through the running service where there is one.",
  options: ["FILE               NDJSON or JSON, gzip too; - reads standard input", FORMAT_HELP],
  async run(args, io) {
    const { values, positionals: files } = parseCommand(args, { format: FORMAT_OPTION });
    if (files.length === 0) throw usage("ingest takes at least one file");
    const choice = formatChoice(values.format);
    const settings = await settingsOf(values, io);
    const { send, close } = await openSender(settings);
    const totals = { accepted: 0, duplicates: 0, quarantined: 0 };
    const problems = createProblemReport(io.stderr);
    try {
      for (const file of files) {
        for await (const { body, lines, format } of fileBatches(file, choice)) {
          const answer = await send(body, format);
          totals.accepted += answer.accepted;
          totals.duplicates += answer.duplicates;
          totals.quarantined += answer.quarantined.length;
          for (const problem of answer.quarantined)
            problems.add(file, lines[problem.index]!, problem);
        }
      }
    } finally {
      await close();
    }
    problems.summarise();
    const { accepted, duplicates, quarantined } = totals;
    io.stdout.write(`${accepted} accepted, ${duplicates} duplicates, ${quarantined} quarantined\n`);
    return quarantined > 0 && accepted + duplicates === 0 ? 1 : 0;
  },
};

async function openSender(settings: Settings): Promise<{ send: Send; close(): Promise<void> }> {
  const client = clientOf(settings, "ingest");
  if (client) {
    const send: Send = async (body, format) => {
      const route = format === "native" ? "/v1/events" : `/v1/ingest/${format.name}`;
      return (await client.request("POST", `${route}?source=file`, body)) as Accepted;
    };
    return { send, close: async () => {} };
  }
  const { data_dir: dir } = settings;
  const site = await loadSite(settings);
  prepareDataDir(dir);
  claimDataDir(dir, null);
  const ports = await openPorts(settings, pino({ level: "silent" }));
  const accept = createAccept(ports.usageLog, ports.quarantine, site);
  const digest = createDigest(settings.digest_key ?? digestKeyOf(dir));
  return {
    send: (body, format) => {
      const items = parseBody(body, maxEventOf(format));
      return accept(items, { source: "file", tenants: null, digest }, Date.now(), format);
    },
    async close() {
      await ports.close();
      releaseDataDir(dir);
    },
  };
}
