import { loadRules } from "../../rules/load.ts";
import { loadSite } from "../../site.ts";
import { type Command, parseCommand, settingsOf } from "../command.ts";

export const configCheck: Command = {
  name: "config check",
  arguments: "",
  summary: "Reads configuration, site files and rules as a start would, and lists every problem.",
  options: [],
  async run(args, io) {
    const { values } = parseCommand(args, {});
    const settings = await settingsOf(values, io);
    for (const warning of settings.warnings) io.stderr.write(`${warning}\n`);
    await loadSite(settings);
    const rules = loadRules(settings.rules.dir ?? undefined);
    const from = settings.file ?? "no configuration file, all defaults";
    io.stdout.write(`${from}: no problem; ${rules.length} rules\n`);
    return 0;
  },
};
