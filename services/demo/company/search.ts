import { HOUR } from "#core/time.ts";
import { type Call, newCall } from "../call.ts";
import { EMBEDDING, GEMINI_FLASH } from "../models.ts";
import { between, chance, pick, type Random, skewed } from "../random.ts";
import { pushWithRetries } from "../work/retry.ts";
import { hoursOf, ROUND_THE_CLOCK } from "../work/shapes.ts";
import { FREIGHT_SEARCH } from "./callers.ts";

/** Whom the search serves: Larkfield's own customers, tagged on every call. */
const CUSTOMERS = ["brightwater-foods", "helmond-steel", "north-quay-retail", "oakline-furniture"];

/** Search over freight documents: every question is embedded, most of them are answered by a model as well. */
export function searchCalls(random: Random): Call[] {
  const calls: Call[] = [];
  for (const { from, calls: questions } of hoursOf(random, {
    peak: 38,
    shape: ROUND_THE_CLOCK,
    weekend: 0.5,
  })) {
    for (let n = questions; n > 0; n--) {
      addQuestion(random, calls, from + between(random, 0, HOUR - 20_000));
    }
  }
  return calls;
}

function addQuestion(random: Random, calls: Call[], at: number): void {
  const customer = pick(random, CUSTOMERS);
  const lookup = newCall(random, FREIGHT_SEARCH, EMBEDDING, at);
  lookup.operation = "embeddings";
  lookup.input = skewed(random, 28, 0.5, 6, 180);
  lookup.latency = between(random, 45, 130);
  lookup.result = null;
  lookup.customer = customer;
  calls.push(lookup);
  if (chance(random, 0.3)) return;
  const answer = newCall(random, FREIGHT_SEARCH, GEMINI_FLASH, at + lookup.latency + 60);
  answer.trace = lookup.trace;
  answer.parent = lookup.span;
  answer.prompt = lookup.prompt;
  answer.input = skewed(random, 5_200, 0.3, 1_800, 11_000);
  answer.output = skewed(random, 210, 0.4, 60, 700);
  answer.latency = 500 + answer.output * 6;
  answer.customer = customer;
  pushWithRetries(random, calls, answer);
}
