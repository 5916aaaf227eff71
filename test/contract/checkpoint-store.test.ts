import { createDuckDbCheckpointStore } from "#adapters/checkpoint-store/duckdb.ts";
import { createMemoryCheckpointStore } from "#adapters/checkpoint-store/memory.ts";
import { describeCheckpointStore } from "./checkpoint-store.ts";
import { openOnFile } from "./duckdb-file.ts";
import { inMemory } from "./opened.ts";

describeCheckpointStore("memory", inMemory(createMemoryCheckpointStore));

describeCheckpointStore("DuckDB", async () => {
  const file = await openOnFile(createDuckDbCheckpointStore);
  return {
    ...file,
    damageNewest: (partition) =>
      file.database().transaction(async (writer) => {
        await writer.run(
          `UPDATE checkpoint SET state = 'gone bad'::BLOB WHERE part = $partition AND generation =
             (SELECT max(generation) FROM checkpoint WHERE part = $partition)`,
          { partition },
        );
      }),
  };
});
