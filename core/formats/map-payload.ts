import type { EventProblem } from "../event-check.ts";
import type { Digest } from "../privacy.ts";
import type { OtherCode } from "../quality.ts";
import { canonical } from "./content.ts";
import { FieldProblem } from "./field-problem.ts";
import type { Mapping } from "./fields.ts";
import { type Format, isObject } from "./format.ts";
import type { Draft } from "./read-fields.ts";

/** One event of a foreign payload, still to be checked, or one record that could not be mapped. */
export type Mapped =
  | { draft: Draft; quality: readonly OtherCode[] }
  | { problem: EventProblem; record: unknown };

/**
 * The events of one parsed payload of a format. A record that cannot be read becomes a problem with
 * its path in the source's own names; its neighbours are kept. Empty records are passed over.
 */
export function* mapPayload(format: Format, payload: unknown, digest: Digest): Generator<Mapped> {
  for (const { path, record, problem } of format.unpack(payload)) {
    if (problem) {
      yield toProblem(path, record, problem);
      continue;
    }
    if (record === null || record === undefined) continue;
    if (!isObject(record)) {
      const message = "a record is a JSON object";
      yield { problem: { code: "MH_EVENT_NOT_OBJECT", path, message }, record };
      continue;
    }
    for (const mapped of mapRecord(format, path, record, digest)) yield mapped;
  }
}

function mapRecord(format: Format, path: string, record: object, digest: Digest): Mapped[] {
  const mapping: Mapping = { digest, quality: [...format.cannot] };
  try {
    return format.map(record, mapping).map((draft) => {
      const { quality } = mapping;
      if (draft.id !== undefined) return { draft, quality };
      draft.id = digest(canonical(record));
      return { draft, quality: [...quality, "id.synthesised"] };
    });
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    return [toProblem(path, record, error)];
  }
}

function toProblem(path: string, record: unknown, { code, message, path: inner }: FieldProblem) {
  const place = [path, inner].filter((part) => part !== "").join(".");
  return { problem: { code, path: place, message }, record };
}
