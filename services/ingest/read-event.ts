import {
  checkEvent,
  type CheckedEvent,
  type EventOrigin,
  type EventProblem,
  isProblem,
} from "#core/event-check.ts";
import { isCloudEvent, openEnvelope } from "#core/formats/cloudevents.ts";
import { FieldProblem } from "#core/formats/field-problem.ts";
import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { type Resolution, resolveEvent } from "#core/resolve.ts";

/** Larger events carry texts, not figures. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** Checks, owns and prices one native event, in a CloudEvents envelope or without. */
export function readEvent(
  raw: unknown,
  origin: EventOrigin,
  resolution: Resolution,
): ResolvedEvent | EventProblem {
  const checked = isCloudEvent(raw) ? checkEnvelope(raw, origin) : checkEvent(raw, origin);
  if (isProblem(checked)) return checked;
  const { event, at } = checked;
  return { event, at, cost: resolveEvent(event, at, resolution) };
}

function checkEnvelope(
  envelope: Readonly<Record<string, unknown>>,
  origin: EventOrigin,
): CheckedEvent | EventProblem {
  try {
    return checkEvent(openEnvelope(envelope), origin);
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    const { code, path, message } = error;
    return { code, path, message };
  }
}
