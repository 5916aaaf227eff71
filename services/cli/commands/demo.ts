import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { MeterhoundError } from "#core/errors.ts";
import type { Finding } from "#core/finding/finding.ts";
import { SETTLE } from "#core/pipeline/correlate.ts";
import { rank } from "#core/severity.ts";
import { formatTime, HOUR, parseTime } from "#core/time.ts";
import { loadConfig, type Settings } from "../../config.ts";
import { generateDemo } from "../../demo/generate.ts";
import type { BodyItem } from "../../ingest/parse-body.ts";
import { projectFile } from "../../project-file.ts";
import { type Service, SERVICE_ROLES, startService } from "../../service.ts";
import { type Command, type Io, parseCommand, usage } from "../command.ts";
import { formatFinding, formatTable } from "../format-finding.ts";
import { untilStopped } from "../until-stopped.ts";

const SITE = projectFile("services/demo/site/meterhound.yml");
const BATCH = 1_000;

export const demo: Command = {
  name: "demo",
  arguments: "[--until T] [--seed N] [--no-serve]",
  summary: "Streams a week of a small company through the whole service and shows what it finds.",
  options: [
    "--until T          the week ends at this hour (default: now)",
    "--seed N           another week of the same company (default: 1)",
    "--no-serve         stop after the last finding instead of serving on",
  ],
  async run(args, io) {
    const { values } = parseCommand(args, {
      until: { type: "string" },
      seed: { type: "string", default: "1" },
      "no-serve": { type: "boolean", default: false },
    });
    const until = hourOf(values.until);
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed)) throw usage("--seed takes a whole number");
    const scratch =
      values["data-dir"] === undefined ? mkdtempSync(join(tmpdir(), "meterhound-demo-")) : null;
    try {
      const dataDir = values["data-dir"] ?? scratch!;
      const settings = await loadConfig({ file: values.config ?? SITE, env: io.env, dataDir });
      const service = await startAnywhere(settings);
      if (!values["no-serve"]) io.stdout.write(`Watch it come in: ${service.address}/\n`);
      await show(service, seed, until, io);
      if (values["no-serve"]) await service.stop();
      else {
        invite(service, settings.data_dir, io);
        io.stderr.write("Serving on; stop with Ctrl-C.\n");
        await untilStopped(service);
      }
      return 0;
    } finally {
      if (scratch) rmSync(scratch, { recursive: true, force: true });
    }
  },
};

function hourOf(text: string | undefined): number {
  const at = text === undefined ? Date.now() : parseTime(text);
  if (at === null) throw usage("--until takes a time like 2026-10-05T12:00:00Z");
  return Math.floor(at / HOUR) * HOUR;
}

/** The demo should not fail because something else has the port. */
async function startAnywhere(settings: Settings): Promise<Service> {
  const log = pino({ level: "warn", name: "meterhound" }, pino.destination(2));
  try {
    return await startService(settings, SERVICE_ROLES, log, Date.now);
  } catch (error) {
    if (!(error instanceof MeterhoundError) || error.code !== "MH_PORT_IN_USE") throw error;
    const api = { ...settings.api, port: 0 };
    return startService({ ...settings, api }, SERVICE_ROLES, log, Date.now);
  }
}

async function show(service: Service, seed: number, until: number, io: Io): Promise<void> {
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1_000).toFixed(1);
  io.stdout.write(
    `A week of a small company's AI usage, up to ${formatTime(until).slice(0, 16)} UTC, as it streams in.\n\n`,
  );
  const told = new Map<string, number>();
  service.findings.subscribe((_, finding) => {
    const before = told.get(finding.id);
    if (before !== undefined && before >= rank(finding.severity)) return;
    told.set(finding.id, rank(finding.severity));
    io.stdout.write(
      `${formatFinding(finding, before === undefined ? undefined : finding.last_seen)}\n`,
    );
  });
  const events = await stream(service, seed, until);
  const findings = service.findings.all();
  io.stdout.write(`\n${formatTable(worstFirst(findings))}\n\n`);
  io.stdout.write(
    `${events.toLocaleString("en")} events, ${findings.length} findings, ${seconds()} s\n`,
  );
}

/** Where to go on from here. */
function invite({ address, findings }: Service, dir: string, io: Io): void {
  const id = worstFirst(findings.all())[0]?.id ?? "ID";
  io.stdout.write(
    [
      "",
      `  Console     ${address}/`,
      `  The worst   ${address}/findings/${id}`,
      `  In a shell  npm run -s meterhound -- findings show ${id} --data-dir ${dir}`,
      "",
      "",
    ].join("\n"),
  );
}

/** Sends the week through ingest, says that it is over, and waits until every finding is told. */
async function stream(service: Service, seed: number, until: number): Promise<number> {
  const origin = { source: "demo-gateway", tenants: null, digest: service.digest };
  let batch: BodyItem[] = [];
  let sent = 0;
  const flush = async (): Promise<void> => {
    sent += (await service.accept(batch, origin, Date.now())).accepted;
    batch = [];
  };
  for (const raw of generateDemo({ seed, until })) {
    batch.push({ raw, size: 0 });
    if (batch.length === BATCH) await flush();
  }
  await flush();
  const { usageLog } = service.ports;
  const ticks = Array.from({ length: usageLog.partitions }, (_, partition) => ({
    partition,
    entries: [{ kind: "tick" as const, at: until + SETTLE }],
  }));
  await usageLog.append(ticks);
  while (service.folded() < sent + ticks.length) await sleep(20);
  await sleep(50);
  return sent;
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].toSorted((a, b) => rank(b.severity) - rank(a.severity));
}
