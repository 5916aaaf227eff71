import { createDuckDbUsageLog } from "#adapters/usage-log/duckdb.ts";
import { createMemoryUsageLog } from "#adapters/usage-log/memory.ts";
import { openOnFile } from "./duckdb-file.ts";
import { inMemory } from "./opened.ts";
import { describeUsageLog } from "./usage-log.ts";

describeUsageLog("memory", inMemory(createMemoryUsageLog));
describeUsageLog("DuckDB", () => openOnFile(createDuckDbUsageLog));
