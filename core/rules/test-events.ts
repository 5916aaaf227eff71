import { createShadowTest } from "../sources.ts";
import { type EventTime, formatTime, parseDuration } from "../time.ts";
import type { RuleTest } from "./rule.ts";

/** A Monday; every rule test begins there. */
const START: EventTime = Date.UTC(2026, 0, 5);

/** In rule tests sources whose name ends in `.shadow` are shadow feeds. */
export const isTestShadow = createShadowTest([{ match: "*.shadow", role: "shadow" }]);

/** Expands a rule test into the payloads a gateway would send; `{i}` in a text counts the repeats from 0. */
export function testEvents(test: RuleTest): Record<string, unknown>[] {
  let count = 0;
  return test.events.flatMap(({ at, repeat, ...fields }) => {
    const first = START + (parseDuration(at.slice(1)) ?? 0);
    const { n, every, add } = repeat ?? { n: 1, every: 0, add: {} };
    return Array.from({ length: n }, (_, i) =>
      payload({
        id: `e${++count}`,
        time: formatTime(first + i * every),
        ...numbered({ ...test.defaults, ...fields }, i, add),
      }),
    );
  });
}

function numbered(
  fields: Readonly<Record<string, unknown>>,
  i: number,
  add: Readonly<Record<string, number>>,
): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (typeof value === "number") return [name, value + i * (add[name] ?? 0)];
    return [name, typeof value === "string" ? value.replace("{i}", String(i)) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** `flow.session: s1` becomes `{ flow: { session: "s1" } }`. */
function payload(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const parts = path.split(".");
    const last = parts.pop()!;
    let target = result;
    for (const part of parts) target = (target[part] ??= {}) as Record<string, unknown>;
    target[last] = value;
  }
  return result;
}
