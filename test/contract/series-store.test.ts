import { createDuckDbSeriesStore } from "#adapters/series-store/duckdb.ts";
import { createMemorySeriesStore } from "#adapters/series-store/memory.ts";
import { openOnFile } from "./duckdb-file.ts";
import { inMemory } from "./opened.ts";
import { describeSeriesStore } from "./series-store.ts";
import { describeTimeline } from "./timeline.ts";

describeSeriesStore("memory", inMemory(createMemorySeriesStore));
describeSeriesStore("DuckDB", () => openOnFile(createDuckDbSeriesStore));

describeTimeline("memory", inMemory(createMemorySeriesStore));
describeTimeline("DuckDB", () => openOnFile(createDuckDbSeriesStore));
