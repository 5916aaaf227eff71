import type { Call } from "./calls.ts";
import { litellmCallback, litellmSpendLog } from "./write-litellm.ts";

/** How a test writes a call in one kind of record of a format, and where that format holds it back or tells it otherwise. */
export interface Writer {
  format: string;
  /** The name of the table in the format. */
  table: string;
  write(call: Call): object;
  /** Fields this writer tells in another way than the plain call, with what they must be; null: not told for every call. */
  otherwise?: Readonly<Record<string, ((call: Call) => unknown) | null>>;
  /** Paths in the source's names that must be refused when they hold an object where a scalar belongs. */
  typed: readonly string[];
}

/** One line a kind of record. */
export const WRITERS: readonly Writer[] = [litellmCallback, litellmSpendLog];
