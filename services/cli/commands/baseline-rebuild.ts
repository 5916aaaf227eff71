import pino from "pino";
import type { Settings } from "../../config.ts";
import type { History } from "../../replay/replay-log.ts";
import { loadRules } from "../../rules/load.ts";
import { rebuildStoredProfiles } from "../../servers/rebuild.ts";
import { type Command, parseCommand, settingsOf } from "../command.ts";
import { historyOption } from "../history-option.ts";
import { replayStored } from "../replay-stored.ts";

export const baselineRebuild: Command = {
  name: "baseline rebuild",
  arguments: "--from T --to T",
  summary: "Writes baseline bands and hour-of-week profiles anew from the stored history.",
  options: ["--from T --to T    the history, event times"],
  async run(args, io) {
    const { values } = parseCommand(args, { from: { type: "string" }, to: { type: "string" } });
    const history = historyOption(values);
    const settings = await settingsOf(values, io);
    const log = pino({ level: settings.log.level, name: "meterhound" }, pino.destination(2));
    const bands = await rebuildBands(settings, history);
    io.stdout.write(`${bands} hours of baseline bands written\n`);
    if (!settings.influx) return 0;
    const { from, to } = history;
    const identities = await rebuildStoredProfiles(settings.influx, from, to, Date.now(), log);
    io.stdout.write(`hour-of-week profiles of ${identities} identities written\n`);
    return 0;
  },
};

/** Folds the stored events again, writing the bands and nothing else: every band is absolute, so that nothing doubles. */
async function rebuildBands(settings: Settings, history: History): Promise<number> {
  const rules = loadRules(settings.rules.dir ?? undefined);
  let written = 0;
  await replayStored(settings, rules, history, ({ series }) => ({
    onBands: async (bands) => {
      await series.writeBands(bands);
      written += bands.length;
    },
  }));
  return written;
}
