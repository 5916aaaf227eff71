import pino from "pino";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { prepareDataDir, tenancyOf } from "../../data-dir.ts";
import { loadRules } from "../../rules/load.ts";
import { type Diagnosis, examineServers } from "../../servers/doctor.ts";
import { loadSite } from "../../site.ts";
import { type Command, type Io, parseCommand, settingsOf } from "../command.ts";

const MARKS = { ok: "✓", warning: "!", failed: "✗" } as const;

export const doctor: Command = {
  name: "doctor",
  arguments: "",
  summary:
    "Looks at configuration, data directory and servers, and says what to do about each problem.",
  options: [],
  async run(args, io) {
    const { values } = parseCommand(args, {});
    const settings = await settingsOf(values, io);
    const lines: Diagnosis[] = [
      await look("configuration", async () => {
        await loadSite(settings);
        return `${loadRules(settings.rules.dir ?? undefined).length} rules`;
      }),
      await look("data directory", async () => {
        prepareDataDir(settings.data_dir);
        const tenancy = tenancyOf(settings.data_dir);
        return tenancy ? `in use at ${tenancy.address ?? `process ${tenancy.pid}`}` : "free";
      }),
      networkFacts(settings.geo.file),
      ...(await examineServers(settings, pino({ level: "silent" }), Date.now)),
    ];
    for (const line of lines) print(line, io);
    return lines.some(({ state }) => state === "failed") ? 1 : 0;
  },
};

/** Without a range file most sources name no network, and the rules that ask for one are silent. */
function networkFacts(file: string | null): Diagnosis {
  const what = "network facts";
  if (file !== null) return { what, state: "ok", message: `from ${file}`, remedy: null };
  const message = "no range file: rules on ASN and country see only what events say themselves";
  const remedy = "Name a file of cidr, asn and country under geo.file.";
  return { what, state: "warning", message, remedy };
}

async function look(what: string, at: () => Promise<string>): Promise<Diagnosis> {
  try {
    return { what, state: "ok", message: await at(), remedy: null };
  } catch (error) {
    const remedy = error instanceof MeterhoundError ? error.entry.remedy : null;
    return { what, state: "failed", message: messageOf(error), remedy };
  }
}

function print({ what, state, message, remedy }: Diagnosis, io: Io): void {
  io.stdout.write(`${MARKS[state]} ${what}: ${message}${remedy ? `\n    ${remedy}` : ""}\n`);
}
