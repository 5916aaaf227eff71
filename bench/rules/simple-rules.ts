/** The same simple rules for two engines: three conditions on one event, no state. */

export interface SimpleRule {
  id: string;
  model: string;
  environment: string;
  /** Input tokens must be above it. */
  tokens: number;
}

const ENVIRONMENTS = ["production", "staging", "development"];
const TOKENS = [0, 500, 2_000, 8_000, 32_000];

/** So many rules over the models that the events name, no two alike while there are enough models. */
export function simpleRules(count: number, models: readonly string[]): SimpleRule[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `r${i}`,
    model: models[i % models.length]!,
    environment: ENVIRONMENTS[Math.floor(i / models.length) % ENVIRONMENTS.length]!,
    tokens: TOKENS[i % TOKENS.length]!,
  }));
}
