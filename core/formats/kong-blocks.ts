import type { Outcome } from "../event.ts";
import { formatUsd, parseUsd } from "../money.ts";
import { isNothing, toCount, toUsd } from "./convert.ts";
import { type Field, nested } from "./fields.ts";
import { isObject } from "./format.ts";

type Json = Readonly<Record<string, unknown>>;

const { derived, find } = nested;

/** One plugin's part of an entry, under the name that the gateway's version gives it. */
export interface Block {
  name: string;
  block: Json;
}

/** The plugin that answered comes first: newer versions call it `proxy`, older ones `ai-proxy`. */
const FIRST = ["proxy", "ai-proxy", "ai-proxy-advanced"];

/** Under this name a mapper sees the part that comes first. */
export const MAIN = "*";

/** An entry as its mapper sees it: with its parts that tell of models, the first of them under `ai.*`. */
export interface ModelView {
  blocks: readonly Block[];
  ai: Json;
}

/** The parts of an entry that tell of models. */
export function blocksOf(ai: Json): Block[] {
  const blocks: Block[] = [];
  for (const name in ai) {
    const block = ai[name];
    if (isOfModel(block)) blocks.push({ name, block });
  }
  return blocks.length < 2 ? blocks : blocks.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ name }: Block): number {
  return FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
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
      for (const { name: block, block: part } of (record as ModelView).blocks) {
        for (const { name, at } of finders) {
          const told = at(part);
          if (isNothing(told)) continue;
          total = (total ?? 0) + toCount(told, `ai.${block}.${name}`);
          break;
        }
      }
      return total;
    },
  );
}

const COST = find("usage.cost");

/** The exact sum of the costs; a cost of 0 says that the gateway was not given a price. */
export function costOf(record: object): string | undefined {
  let total = 0n;
  for (const { name, block } of (record as ModelView).blocks) {
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
    for (const policy in block) {
      const part = block[policy];
      if (!isObject(part)) continue;
      if (!isNothing(part["input_block_reason"]) || !isNothing(part["output_block_reason"])) {
        return { status: "blocked", error_class: "content_policy", policy };
      }
    }
  }
  return {};
}
