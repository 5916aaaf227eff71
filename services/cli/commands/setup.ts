import pino from "pino";
import { setUpServers } from "../../servers/setup.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";

export const setup: Command = {
  name: "setup",
  arguments: "[--tokens DIR]",
  summary: "Creates streams and buckets on the configured servers; safe to run again.",
  options: ["--tokens DIR       issues InfluxDB tokens for worker and api into this folder"],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, { tokens: { type: "string" } });
    if (positionals.length > 0) throw usage(`setup takes no argument ${positionals[0]}`);
    const settings = await settingsOf(values, io);
    const log = pino({ level: settings.log.level, name: "meterhound" }, pino.destination(2));
    const lines = await setUpServers(settings, values.tokens ?? null, log);
    for (const { what, did } of lines) io.stdout.write(`${what}: ${did}\n`);
    if (lines.length === 0)
      io.stdout.write("nothing to set up: everything lives in the data directory\n");
    return 0;
  },
};
