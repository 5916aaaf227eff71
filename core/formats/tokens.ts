import type { Draft } from "./read-fields.ts";
import type { Mapping } from "./fields.ts";

/** What a source's input count means: with the cached tokens, without them, or it depends. */
export type TokenMeaning = "inclusive" | "exclusive" | "auto";

interface Counts {
  input_tokens?: number;
  output_tokens?: number;
  cached_input_tokens?: number;
  cache_write_tokens?: number;
}

/**
 * Makes `usage.input_tokens` the cache-inclusive total: uncached + read + write = input. Two things
 * prove a count exclusive whatever was declared: more cached tokens than input, and a reported total
 * that only adds up with them. `total` is the source's own total, where it has one.
 */
export function settleTokens(
  draft: Draft,
  meaning: TokenMeaning,
  { quality }: Mapping,
  total?: number,
): void {
  const usage = draft["usage"] as Counts | undefined;
  if (usage?.input_tokens === undefined) return;
  const { input_tokens: input, output_tokens: output = 0 } = usage;
  const cached = (usage.cached_input_tokens ?? 0) + (usage.cache_write_tokens ?? 0);
  if (cached === 0) {
    if (total !== undefined && total !== input + output) quality.push("tok.total_mismatch");
    return;
  }
  const proven = cached > input || total === input + cached + output;
  if (total !== undefined && !proven && total !== input + output)
    quality.push("tok.total_mismatch");
  if (meaning === "auto" && !proven) quality.push("tok.semantics_inferred");
  if (proven && meaning === "inclusive") quality.push("tok.semantics_inferred");
  if (proven || meaning === "exclusive") usage.input_tokens = input + cached;
}
