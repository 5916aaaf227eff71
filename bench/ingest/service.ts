import pino from "pino";
import { loadConfig } from "#services/config.ts";
import { type ServiceRole, startService } from "#services/service.ts";
import { argumentOf, tell, untilAsked } from "../child.ts";

/** An embedded service on a data directory, with these roles. */
export interface ServiceTask {
  dir: string;
  roles: readonly ServiceRole[];
}

/** Tells its address and serves until asked to end. */
const { dir, roles } = argumentOf() as ServiceTask;
const settings = await loadConfig({ env: { METERHOUND_API__PORT: "0" }, dataDir: dir });
const service = await startService(settings, roles, pino({ level: "silent" }), Date.now);
tell(service.address);
await untilAsked();
await service.stop();
