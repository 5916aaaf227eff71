import { createDuckDbFindingLog } from "#adapters/finding-log/duckdb.ts";
import { createMemoryFindingLog } from "#adapters/finding-log/memory.ts";
import { openOnFile } from "./duckdb-file.ts";
import { describeFindingLog } from "./finding-log.ts";
import { inMemory } from "./opened.ts";

describeFindingLog("memory", inMemory(createMemoryFindingLog));
describeFindingLog("DuckDB", () => openOnFile(createDuckDbFindingLog));
