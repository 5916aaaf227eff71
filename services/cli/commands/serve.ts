import pino from "pino";
import { SERVICE_ROLES, type ServiceRole, startService } from "../../service.ts";
import { type Command, parseCommand, settingsOf, usage } from "../command.ts";
import { untilStopped } from "../until-stopped.ts";

export const serve: Command = {
  name: "serve",
  arguments: "[--roles ingest,detect,api,notify]",
  summary: "Runs the service: takes events in, detects, answers, delivers.",
  options: ["--roles LIST       which parts to run in this process (default: all)"],
  async run(args, io) {
    const { values, positionals } = parseCommand(args, { roles: { type: "string" } });
    if (positionals.length > 0) throw usage(`serve takes no argument ${positionals[0]}`);
    const roles = rolesOf(values.roles);
    const settings = await settingsOf(values, io);
    const log = pino({ level: settings.log.level, name: "meterhound" }, pino.destination(2));
    for (const warning of settings.warnings) log.warn({ event: "config.warning", warning });
    const service = await startService(settings, roles, log, Date.now);
    io.stderr.write(`Meterhound listens on ${service.address}\n`);
    process.on("SIGHUP", service.reloadRules);
    await untilStopped(service).finally(() => process.off("SIGHUP", service.reloadRules));
    return 0;
  },
};

function rolesOf(list: string | undefined): readonly ServiceRole[] {
  if (list === undefined) return SERVICE_ROLES;
  return list.split(",").map((name) => {
    const role = SERVICE_ROLES.find((known) => known === name.trim());
    if (!role) throw usage(`There is no role ${name}; there are ${SERVICE_ROLES.join(", ")}`);
    return role;
  });
}
