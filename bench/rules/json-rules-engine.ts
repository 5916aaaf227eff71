import { Engine } from "json-rules-engine";
import type { SimpleRule } from "./simple-rules.ts";

/** Runs the rules over lines of NDJSON; answers how often each rule held. Facts are flat, which is the engine's fastest form. */
export async function runEngine(
  rules: readonly SimpleRule[],
  lines: readonly string[],
): Promise<Map<string, number>> {
  const engine = new Engine();
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
