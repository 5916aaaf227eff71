import type { AdminAction } from "#core/detector.ts";
import { DAY, type EventTime, MINUTE } from "#core/time.ts";
import type { Params } from "./params.ts";
import { addMark, type Marks, strengthOf } from "./marks.ts";

/** What is known of how a credential's identity administers. */
export interface AdminHabits {
  /** The most different actions in a day so far. */
  most: number;
  /** True once the models were listed and used before. */
  hasListed: boolean;
}

export function createAdminHabits(): AdminHabits {
  return { most: 0, hasListed: false };
}

/** How much a change that blinds the owner says alone; a raised budget mostly has its reasons. */
const TAMPERING: Readonly<Record<string, number>> = {
  "logging.disabled": 1,
  "guardrail.changed": 0.7,
  "ip_restriction.removed": 1,
  "budget.removed": 0.7,
  "budget.raised": 0.5,
};
const LISTED_WINDOW = 15 * MINUTE;
const ENABLED_WINDOW = 10 * MINUTE;

/**
 * Marks what the identity administered within a day that a thief would: looking around, switching off
 * what watches, enabling a model. True where something is marked.
 */
export function observeAdmin(
  habits: AdminHabits,
  marks: Marks,
  admin: readonly AdminAction[],
  call: { at: EventTime; isUse: boolean; hasHistory: boolean },
  params: Params,
): boolean {
  const { at, isUse, hasHistory } = call;
  const actions = new Set<string>();
  let isOdd = false;
  for (const { action, at: done } of admin) {
    if (Math.abs(at - done) > DAY) continue;
    actions.add(action);
    const strength = TAMPERING[action];
    if (strength !== undefined) {
      addMark(marks, "tampering", { at: done, value: 1, strength }, params);
      isOdd = true;
    }
    if (!isUse || at < done) continue;
    if (action === "model.enabled" && at - done <= ENABLED_WINDOW) {
      addMark(marks, "enabled_then_used", { at, value: 1, strength: 1 }, params);
      isOdd = true;
    }
    if (action === "model.listed" && at - done <= LISTED_WINDOW && !habits.hasListed) {
      if (hasHistory) addMark(marks, "listed_then_used", { at, value: 1, strength: 1 }, params);
      habits.hasListed = true;
    }
  }
  const { size } = actions;
  if (size > habits.most) {
    habits.most = size;
    if (size >= params.control_actions) {
      const strength = strengthOf(size, params.control_actions);
      addMark(marks, "control_actions", { at, value: size, strength }, params);
      isOdd = true;
    }
  }
  return isOdd;
}
