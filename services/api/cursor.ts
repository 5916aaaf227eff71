import { createHmac, timingSafeEqual } from "node:crypto";
import { MeterhoundError } from "#core/errors.ts";

/** Where a list goes on: what places its last item, in the words of the list. */
export type Position = readonly (string | null)[];

/** Opaque, signed list cursors that belong to one filter. */
export interface Cursors {
  write(position: Position, filter: string): string;
  /** Throws MH_API_CURSOR where the cursor was changed or belongs to another list. */
  read(cursor: string, filter: string): Position;
}

const MAC_BYTES = 16;

export function createCursors(key: Uint8Array | string): Cursors {
  const sign = (payload: Buffer, filter: string): Buffer =>
    createHmac("sha256", key)
      .update(payload)
      .update("\0")
      .update(filter)
      .digest()
      .subarray(0, MAC_BYTES);
  return {
    write(position, filter) {
      const payload = Buffer.from(JSON.stringify(position));
      return Buffer.concat([sign(payload, filter), payload]).toString("base64url");
    },
    read(cursor, filter) {
      const bytes = Buffer.from(cursor, "base64url");
      const payload = bytes.subarray(MAC_BYTES);
      const expected = sign(payload, filter);
      if (bytes.length <= MAC_BYTES || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), expected)) {
        throw new MeterhoundError("MH_API_CURSOR");
      }
      return JSON.parse(payload.toString()) as Position;
    },
  };
}
