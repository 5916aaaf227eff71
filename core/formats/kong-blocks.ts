import type { Outcome } from "../event.ts";
import { formatUsd, parseUsd } from "../money.ts";
import { isNothing, toCount, toUsd } from "./convert.ts";
import { type Field, nested } from "./fields.ts";
import { isObject } from "./format.ts";

type Json = Readonly<Record<string, unknown>>;

const { derived, find } = nested;

/** One plugin's part of an entry, under the name that the gateway's version gives it. */
interface Block {
  name: string;
  block: Json;
}

/** The plugin that answered comes first: newer versions call it `proxy`, older ones `ai-proxy`. */
const FIRST = ["proxy", "ai-proxy", "ai-proxy-advanced"];

/** Under this name a mapper sees the part that comes first. */
export const MAIN = "*";

/** The parts of an entry that tell of models. */
export function blocksOf(record: object): Block[] {
  const { ai } = record as { ai?: unknown };
  if (!isObject(ai)) return [];
  const blocks = Object.entries(ai).flatMap(([name, block]) =>
    name !== MAIN && isOfModel(block) ? { name, block } : [],
  );
  const place = ({ name }: Block) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return blocks.toSorted((a, b) => place(a) - place(b));
}

function isOfModel(block: unknown): block is Json {
  return isObject(block) && (isObject(block["meta"]) || isObject(block["usage"]));
}

/** The sum of a count over all blocks, under the first of its names that a block has. */
export function sum(...names: string[]): Field {
  const finders = names.map((name) => ({ name, at: find(name) }));
  return derived(
    names.map((name) => `ai.${MAIN}.${name}`),
    (record) => {
      let total: number | undefined;
      for (const { name: block, block: part } of blocksOf(record)) {
        const told = finders.find(({ at }) => !isNothing(at(part)));
        if (told) total = (total ?? 0) + toCount(told.at(part), `ai.${block}.${told.name}`);
      }
      return total;
    },
  );
}

const COST = find("usage.cost");

/** The exact sum of the costs; a cost of 0 says that the gateway was not given a price. */
export function costOf(record: object): string | undefined {
  let total = 0n;
  for (const { name, block } of blocksOf(record)) {
    const cost = COST(block);
    if (!isNothing(cost)) total += parseUsd(toUsd(cost, `ai.${name}.usage.cost`)) ?? 0n;
  }
  return total === 0n ? undefined : formatUsd(total);
}

/** True where the semantic cache answered. */
export function isHit(blocks: readonly Block[]): boolean {
  return blocks.some(({ block }) => {
    const { cache } = block;
    return isObject(cache) && cache["cache_status"] === "Hit";
  });
}

/** The guardrail that gave a reason, and its name. */
export function blockedBy(blocks: readonly Block[]): Outcome {
  for (const { block } of blocks) {
    for (const [policy, part] of Object.entries(block)) {
      if (!isObject(part)) continue;
      const reasons = [part["input_block_reason"], part["output_block_reason"]];
      if (!reasons.every(isNothing)) {
        return { status: "blocked", error_class: "content_policy", policy };
      }
    }
  }
  return {};
}
