import type { SimpleRule } from "./simple-rules.ts";

/** As much of the package as the bench uses. */
interface Engine {
  addRule(rule: object): void;
  run(facts: object): Promise<{ events: { type: string }[] }>;
}

/**
 * The package is no dependency of the project: it is looked for here, or at the path in
 * JSON_RULES_ENGINE. Null where it is not there.
 */
export async function loadEngine(): Promise<(new () => Engine) | null> {
  const name = process.env["JSON_RULES_ENGINE"] ?? "json-rules-engine";
  try {
    const loaded = (await import(name)) as { Engine?: new () => Engine; default?: unknown };
    const inner = loaded.default as { Engine?: new () => Engine } | undefined;
    return loaded.Engine ?? inner?.Engine ?? null;
  } catch {
    return null;
  }
}

/** Runs the rules over lines of NDJSON; answers how often each rule held. Facts are flat, which is the engine's fastest form. */
export async function runEngine(
  make: new () => Engine,
  rules: readonly SimpleRule[],
  lines: readonly string[],
): Promise<Map<string, number>> {
  const engine = new make();
  for (const { id, model, environment, tokens } of rules) {
    engine.addRule({
      conditions: {
        all: [
          { fact: "model", operator: "equal", value: model },
          { fact: "environment", operator: "equal", value: environment },
          { fact: "tokens", operator: "greaterThan", value: tokens },
        ],
      },
      event: { type: id },
    });
  }
  const held = new Map<string, number>();
  for (const line of lines) {
    const event = JSON.parse(line) as {
      model?: { requested?: string };
      attribution?: { environment?: string };
      usage?: { input_tokens?: number };
    };
    const { events } = await engine.run({
      model: event.model?.requested ?? "",
      environment: event.attribution?.environment ?? "",
      tokens: event.usage?.input_tokens ?? 0,
    });
    for (const { type } of events) held.set(type, (held.get(type) ?? 0) + 1);
  }
  return held;
}
