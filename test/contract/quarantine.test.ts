import { createDuckDbQuarantine } from "#adapters/quarantine/duckdb.ts";
import { createMemoryQuarantine } from "#adapters/quarantine/memory.ts";
import { openOnFile } from "./duckdb-file.ts";
import { inMemory } from "./opened.ts";
import { describeQuarantine } from "./quarantine.ts";

describeQuarantine("memory", inMemory(createMemoryQuarantine));
describeQuarantine("DuckDB", () => openOnFile(createDuckDbQuarantine));
