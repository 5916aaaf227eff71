import {
  type FluxTableMetaData,
  InfluxDB,
  type ParameterizedQuery,
  setLogger,
  type WriteOptions,
} from "@influxdata/influxdb-client";
import type { MayWrite } from "#core/ports/may-write.ts";
import { SECOND } from "#core/time.ts";
import { queryFailure } from "./failure.ts";
import { sendingLastByteWhile } from "./last-byte.ts";
import { outcomeOf, type WriteOutcome } from "./outcome.ts";

export interface InfluxConnection {
  url: string;
  org: string;
  token: string;
  /** Milliseconds a write may take as a whole. */
  timeout?: number;
}

/** The client as transport and nothing else: its buffer, its retries and its log lose or leak. */
export interface InfluxClient {
  /** Sends the lines as one request and waits for its answer; nothing lands once they may not be written. */
  write(bucket: string, lines: readonly string[], mayWrite?: MayWrite): Promise<WriteOutcome>;
  /**
   * Runs a query and gives its rows, each as the texts of the named columns (empty where absent): no
   * number passes through a double. Throws MH_INFLUX_UNREACHABLE, _REJECTED, _UNAUTHORISED, _BUCKET_MISSING.
   */
  rows<const Columns extends readonly string[]>(
    query: ParameterizedQuery,
    columns: Columns,
  ): Promise<RowOf<Columns>[]>;
}

/** The texts of a row, one for each column asked for. */
export type RowOf<Columns extends readonly string[]> = {
  -readonly [Place in keyof Columns]: string;
};

const WRITE_TIMEOUT = 10 * SECOND;
const QUERY_TIMEOUT = 60 * SECOND;

/** Times are nanoseconds; the client holds no connection that would need closing. */
export function createInfluxClient(connection: InfluxConnection): InfluxClient {
  // It prints failed requests, with their headers, past every redaction.
  setLogger({ error() {}, warn() {} });
  const { org, timeout = WRITE_TIMEOUT } = connection;
  return {
    async write(bucket, lines, mayWrite = () => true) {
      if (lines.length === 0 || !mayWrite()) return { kind: "written" };
      const api = connect(connection, timeout, sendingLastByteWhile(mayWrite)).getWriteApi(
        org,
        bucket,
        "ns",
        oneBatch(lines.length),
      );
      try {
        api.writeRecords([...lines]);
        await api.flush();
        return { kind: "written" };
      } catch (error) {
        return mayWrite() ? outcomeOf(error, Date.now()) : { kind: "written" };
      }
    },
    async rows<const Columns extends readonly string[]>(
      query: ParameterizedQuery,
      columns: Columns,
    ) {
      const rows: RowOf<Columns>[] = [];
      try {
        const api = connect(connection, QUERY_TIMEOUT).getQueryApi(org);
        let table: FluxTableMetaData | null = null;
        let places: number[] = [];
        for await (const { values, tableMeta } of api.iterateRows(query)) {
          if (tableMeta !== table) {
            table = tableMeta;
            places = placesOf(tableMeta, columns);
            if (isFailure(tableMeta)) throw new Error(values.join(" "));
          }
          const texts = places.map(
            (place) => values[place] || (tableMeta.columns[place]?.defaultValue ?? ""),
          );
          rows.push(texts as RowOf<Columns>);
        }
      } catch (error) {
        throw queryFailure(error);
      }
      return rows;
    },
  };
}

function placesOf({ columns }: FluxTableMetaData, wanted: readonly string[]): number[] {
  return wanted.map((name) => columns.findIndex(({ label }) => label === name));
}

/** A failure after the first bytes comes as a table, under a status of 200. */
function isFailure({ columns }: FluxTableMetaData): boolean {
  const labels = columns.map(({ label }) => label);
  return labels.includes("error") && labels.includes("reference");
}

/**
 * A connection for one request, with an end of its own: the client's timeout counts from the last
 * byte, and leaves the request running, so that it could land after the one that replaced it.
 */
function connect({ url, token }: InfluxConnection, timeout: number, options = {}): InfluxDB {
  return new InfluxDB({
    url,
    token,
    timeout: timeout * 2,
    transportOptions: { ...options, signal: AbortSignal.timeout(timeout) },
  });
}

/** Room for one line more than there is: the client sends on its own when full, and hides the failure. */
function oneBatch(lines: number): Partial<WriteOptions> {
  return {
    flushInterval: 0,
    maxRetries: 0,
    batchSize: lines + 1,
    maxBatchBytes: Number.MAX_SAFE_INTEGER,
    gzipThreshold: Number.MAX_SAFE_INTEGER,
  };
}
