import { createHash } from "node:crypto";
import type { Entity } from "../detector.ts";
import { type EventTime, formatTime } from "../time.ts";
import type { Family } from "./finding.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const LENGTH = 26;

/**
 * The deterministic id of a finding: base32 of SHA-256 over tenant, family, entity and the event time
 * of the episode's first signal, first 26 characters. The rule is not part of it: a new version of a
 * rule does not open the same episode again.
 */
export function findingId(
  tenant: string,
  family: Family,
  entity: Entity,
  opened: EventTime,
): string {
  const parts = [tenant, family, entity.type, entity.id, formatTime(opened)];
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest();
  let id = "";
  let bits = 0;
  let held = 0;
  for (const byte of hash) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && id.length < LENGTH) {
      bits -= 5;
      id += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return id;
}
