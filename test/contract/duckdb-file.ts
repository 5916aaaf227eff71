import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "#adapters/duckdb/connection.ts";
import type { Opened } from "./opened.ts";

/** Opens a port on a data file of its own. */
export async function openOnFile<Port extends { close(): Promise<void> }>(
  create: (database: Database) => Port | Promise<Port>,
): Promise<Opened<Port> & { database: () => Database }> {
  const dir = await mkdtemp(join(tmpdir(), "meterhound-"));
  let database = await openDatabase(dir);
  let port = await create(database);
  const close = async (): Promise<void> => {
    await port.close();
    await database.close();
  };
  return {
    port,
    database: () => database,
    async reopen() {
      await close();
      database = await openDatabase(dir);
      port = await create(database);
      return port;
    },
    async dispose() {
      await close();
      await rm(dir, { recursive: true });
    },
  };
}
