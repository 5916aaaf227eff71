import {
  flux,
  FLUX_VALUE,
  fluxDateTime,
  fluxDuration,
  type FluxParameterLike,
  type ParameterizedQuery,
} from "@influxdata/influxdb-client";
import { type EventTime, HOUR } from "#core/time.ts";
import { toTagText } from "./tag-text.ts";

/** Columns a query may narrow by. Their names are ours, never a caller's. */
const MATCHES = {
  tenant: (value: string) => flux`r.tenant == ${text(value)}`,
  identity: (value: string) => flux`r.identity == ${text(value)}`,
  credential: (value: string) => flux`r.credential == ${text(value)}`,
  model: (value: string) => flux`r.model == ${text(value)}`,
  metric: (value: string) => flux`r.metric == ${text(value)}`,
  team: (value: string) => flux`r.team == ${text(value)}`,
  field: (value: string) => flux`r._field == ${text(value)}`,
  measurement: (value: string) => flux`r._measurement == ${text(value)}`,
} satisfies Record<string, (value: string) => ParameterizedQuery>;

export type Column = keyof typeof MATCHES;

/** What the server calls some of them. */
const LABELS: Readonly<Partial<Record<Column, string>>> = {
  field: "_field",
  measurement: "_measurement",
};

/** The last whole hour that nanoseconds in 64 bits reach (the year 2262). */
const LAST_TIME = Math.floor(9_223_372_036_854 / HOUR) * HOUR;

/** A range as the store can name it: what lies outside cannot hold anything. */
export function bounded(from: EventTime, to: EventTime): { from: EventTime; to: EventTime } {
  return { from: Math.min(Math.max(from, 0), LAST_TIME), to: Math.max(Math.min(to, LAST_TIME), 0) };
}

/** `from |> range` of a bucket, narrowed to a measurement. `from` is inclusive, `to` is not. */
export function source(
  bucket: string,
  measurement: string,
  from: EventTime,
  to: EventTime,
): ParameterizedQuery {
  return flux`from(bucket: ${text(bucket)})
  |> range(start: ${time(from)}, stop: ${time(to)})
  |> ${having("measurement", [measurement])}`;
}

/** A filter for rows whose column has one of the values, as texts: escaped here and nowhere else. */
export function having(column: Column, values: readonly string[]): ParameterizedQuery {
  const matches = MATCHES[column];
  const any = values
    .map((value) => matches(column === "field" ? value : toTagText(value, column)))
    .reduce((left, right) => flux`${left} or ${right}`);
  return flux`filter(fn: (r) => ${any})`;
}

/** A list of columns to group by: ours by name, like those a query narrows by. */
export function columns(names: readonly Column[]): FluxParameterLike {
  const labels = names.map((name) => LABELS[name] ?? name);
  return { [FLUX_VALUE]: () => `[${labels.map((label) => `"${label}"`).join(", ")}]` };
}

/**
 * A string literal. The client's own escaping is not enough: the server's scanner takes `$` and the
 * sign after it as one, so that the escape in `$\\"` is lost and the quote ends the literal.
 */
export function text(value: string): FluxParameterLike {
  const literal = value.replace(/[\p{Cc}"$\\]/gu, escape);
  return { [FLUX_VALUE]: () => `"${literal}"` };
}

function escape(char: string): string {
  return [...Buffer.from(char)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

export function time(at: EventTime): FluxParameterLike {
  return fluxDateTime(new Date(at).toISOString());
}

/** A duration in whole milliseconds. */
export function duration(millis: number): FluxParameterLike {
  return fluxDuration(`${Math.trunc(millis)}ms`);
}
