import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Detector, Requirement } from "#core/detector.ts";
import type { CompiledRule } from "#core/pipeline/program.ts";
import { createRuleIndex } from "#core/pipeline/rule-index.ts";
import { fieldOf } from "#core/rules/fields.ts";
import { observedAt, START } from "#test/support/observed.ts";
import { probe, probeRule } from "#test/support/probe.ts";

const FIELDS = ["model.requested", "identity.id", "source"] as const;
const values = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 3 });
const requirement = fc.option(
  fc.tuple(fc.constantFrom(...FIELDS), values).map(([field, of]): Requirement => {
    return { field, read: fieldOf(field)!.read, values: new Set(of) };
  }),
);
const text = fc.option(fc.constantFrom("a", "b", "c", "d", "e"), { nil: undefined });

function ruleOf(requires: Requirement | null, i: number): CompiledRule {
  const detector: Detector = requires ? { ...probe, requires } : probe;
  return { rule: { ...probeRule(), id: `usage-anomaly.r${i}` }, detector, params: {} };
}

describe("rule index", () => {
  it("shows an event to the rules whose required value it has, in their order, whatever came before", () => {
    const events = fc.array(fc.record({ model: text, id: text, source: text }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 30 }), events, (requirements, given) => {
        const rules = requirements.map(ruleOf);
        const index = createRuleIndex(rules);
        for (const { model, id, source } of given) {
          const observed = observedAt(START, {
            model: { requested: model, served: undefined },
            identity: { id },
            ...(source === undefined ? {} : { source }),
          });
          const wanted = rules.filter(({ detector: { requires } }) => {
            const value = requires?.read(observed);
            return !requires || (value !== undefined && requires.values.has(value));
          });
          expect(index(observed).map(({ rule }) => rule.id)).toEqual(
            wanted.map(({ rule }) => rule.id),
          );
        }
      }),
    );
  });
});
