import type { ModelRef } from "./call.ts";

/** The models the company uses, by the names its providers give them; all stand in the price book. */
export const SONNET: ModelRef = { provider: "anthropic", name: "claude-sonnet-4-6" };
export const OPUS: ModelRef = { provider: "anthropic", name: "claude-opus-4-7" };
export const HAIKU_BATCH: ModelRef = {
  provider: "anthropic",
  name: "claude-haiku-4-5-20251001",
  tier: "batch",
};
export const GPT: ModelRef = { provider: "openai", name: "gpt-5.4" };
export const GPT_MINI: ModelRef = { provider: "openai", name: "gpt-5.4-mini" };
export const CODEX: ModelRef = { provider: "openai", name: "gpt-5.3-codex" };
export const EMBEDDING: ModelRef = { provider: "openai", name: "text-embedding-3-small" };
export const GEMINI_FLASH: ModelRef = { provider: "google", name: "gemini-2.5-flash" };
export const GEMINI_PRO: ModelRef = { provider: "google", name: "gemini-2.5-pro" };
export const MISTRAL: ModelRef = { provider: "mistral", name: "mistral-medium-latest" };
