import { z } from "zod";
import type { Observed } from "#core/detector.ts";

/** One call in the ring: what was asked and what came back, as digests, and how large both were. */
export interface Step {
  at: number;
  id: string;
  /** Equal for equal steps; null where the comparison is by size. */
  sign: string | null;
  input: number;
  output: number;
  /** Picodollars as a double, exact below 9,007 USD; null while unpriced. */
  cost: number | null;
  /** True once a signal has brought it: its money counts once, however loops overlap. */
  counted: boolean;
}

export const Compare = z
  .enum(["step", "prompt", "shape", "growth"])
  .describe(
    "What makes two calls equal: `step` prompt and result, `prompt` where no result is known, `shape` the exact sizes where no digest is known, `growth` about the same sizes.",
  );
export type Compare = z.infer<typeof Compare>;

/** Shorter answers (a label, a number) have equal sizes by chance. */
const LEAST_OUTPUT = 16;
const NEAR_GROWTH = 0.1;
const NEAR_OUTPUT = 0.2;

/** The ways to compare take different calls: with both digests, without a result, without any, and all. */
export function concerns(compare: Compare, { event }: Observed): boolean {
  const { prompt_digest: prompt, result_digest: result, digest_scope } = event.content ?? {};
  switch (compare) {
    case "step":
      return Boolean(prompt && result) && digest_scope !== "full_prompt";
    case "prompt":
      // What a tool was asked says nothing without its answer: that is polling. What a model was
      // asked holds the tool's answer.
      return (
        Boolean(prompt) &&
        !result &&
        digest_scope !== "full_prompt" &&
        event.model?.operation !== "execute_tool"
      );
    case "shape":
      return !prompt && !result && hasSizes(event);
    case "growth":
      return hasSizes(event);
  }
}

export function signOf(compare: Compare, { event }: Observed): string | null {
  if (compare === "shape" || compare === "growth") return null;
  const { prompt_digest, result_digest = "", digest_epoch = "" } = event.content ?? {};
  // Digests compare only under one key.
  return `${prompt_digest}\0${result_digest}\0${digest_epoch}`;
}

/** True where the steps at two places of the ring are equal. */
export function isSame(compare: Compare, ring: readonly Step[], a: number, b: number): boolean {
  const [one, other] = [ring[a]!, ring[b]!];
  if (one.sign !== null) return one.sign === other.sign;
  const [before, beforeOther] = [ring[a - 1], ring[b - 1]];
  if (!before || !beforeOther) return false;
  const growth = one.input - before.input;
  const otherGrowth = other.input - beforeOther.input;
  if (compare === "shape") return growth === otherGrowth && one.output === other.output;
  // A transcript that is carried along only grows; a series of independent inputs goes up and down.
  if (growth <= 0) return false;
  return isNear(growth, otherGrowth, NEAR_GROWTH) && isNear(one.output, other.output, NEAR_OUTPUT);
}

function hasSizes({ usage, model }: Observed["event"]): boolean {
  if (model?.service_tier === "batch") return false;
  return (usage?.input_tokens ?? 0) > 0 && (usage?.output_tokens ?? 0) >= LEAST_OUTPUT;
}

function isNear(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(a, b);
}
