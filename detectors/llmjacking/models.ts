import type { Observed } from "#core/detector.ts";
import { grown } from "#core/grown.ts";
import { DAY, type EventTime, MINUTE } from "#core/time.ts";
import { type Habits, mark } from "./habits.ts";
import type { Params } from "./params.ts";
import { strengthOf } from "./marks.ts";

const MOST_MODELS = 12;
const MODEL_WINDOW = 15 * MINUTE;

/** Marks models the credential never used or not for long, and many of them at once. */
export function observeModels(
  habits: Habits,
  { event, at }: Observed,
  params: Params,
  hasHistory: boolean,
): boolean {
  const model = event.model?.requested ?? event.model?.served;
  if (model === undefined) return false;
  let isOdd = false;
  const isNew = useModel(habits, model, at, params);
  if (isNew && hasHistory) isOdd = mark(habits, at, params, "new_model", 1);
  const { models } = params;
  if (!enumerates(habits, at) || habits.mostModels < models) return isOdd;
  const { mostModels } = habits;
  return mark(habits, at, params, "model_enumeration", mostModels, strengthOf(mostModels, models));
}

/** True where the model is unknown or was not used for long. Beyond the bound nothing is new. */
function useModel(habits: Habits, model: string, at: EventTime, params: Params): boolean {
  const { models } = habits;
  for (const known of models) {
    if (known.value !== model) continue;
    const isStale = at - known.at > params.unused_days * DAY;
    known.at = Math.max(known.at, at);
    return isStale;
  }
  if (models.length >= MOST_MODELS) return false;
  habits.models = grown(models, { value: model, at });
  return true;
}

/** True where the last 15 minutes show more models than ever before. */
function enumerates(habits: Habits, at: EventTime): boolean {
  let models = 0;
  for (const known of habits.models) if (known.at > at - MODEL_WINDOW) models += 1;
  if (models <= habits.mostModels) return false;
  habits.mostModels = models;
  return true;
}
