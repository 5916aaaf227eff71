import { DuckDBBlobValue, type DuckDBValue } from "@duckdb/node-api";

type Cell = DuckDBValue | undefined;

/** Reads a 64-bit column, which arrives as bigint. Sums stay below 2^53: they count calls and tokens. */
export function asNumber(cell: Cell): number {
  if (typeof cell === "bigint" || typeof cell === "number") return Number(cell);
  throw new TypeError(`expected a number, found ${typeof cell}`);
}

/** Reads exact money. */
export function asBigInt(cell: Cell): bigint {
  if (typeof cell === "bigint") return cell;
  throw new TypeError(`expected a whole number, found ${typeof cell}`);
}

export function asText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  throw new TypeError(`expected text, found ${typeof cell}`);
}

export function asTextOrNull(cell: Cell): string | null {
  return cell === null ? null : asText(cell);
}

export function asBytes(cell: Cell): Uint8Array {
  if (cell instanceof DuckDBBlobValue) return cell.bytes;
  throw new TypeError(`expected bytes, found ${typeof cell}`);
}
