import { z } from "zod";
import { type FileProblem, type Locate, parseLocated } from "../located.ts";
import { SHARERS, type SharedPolicy, SPLITS } from "../showback/shared.ts";
import { below, type Entry, placeOf, type SiteFile, SiteText } from "./entry.ts";
import { Match } from "./ownership.ts";

const Shared = z.strictObject({
  name: SiteText.describe("What is shared, as statements name it."),
  match: Match.describe(
    "Which usage nobody caused alone: fields and patterns, `*` for any run of characters. All must match.",
  ),
  split: z
    .enum(SPLITS)
    .describe(
      "By what it is split: calls, tokens, cost or tasks (flows) of the tenant's other usage, evenly, or by `weights`.",
    ),
  to: z.enum(SHARERS).default("team").describe("Over whose values it is split."),
  weights: z
    .record(SiteText, z.int().min(1))
    .default({})
    .describe("With `split: weights`: a whole number for each value that bears a part."),
});

/** Which usage is shared and how it is split, as its file holds it. */
export const SharedCostFile = z.strictObject({
  shared: z
    .array(Shared)
    .describe("Shared usage; of each event the first line that matches counts."),
});

/** Parses a showback file; the order of its lines is kept. */
export function parseSharedCost(file: string, text: string): SiteFile<SharedPolicy> {
  const { value, problems, at } = parseLocated(file, text, SharedCostFile);
  if (value === null) return { entries: [], problems };
  const entries = value.shared.map((policy, i) => ({
    value: policy,
    at: below(at, ["shared", i]),
  }));
  return { entries, problems: entries.flatMap((entry) => checkEntry(entry.value, entry.at)) };
}

/** Joins showback files. A name stands for one shared cost. */
export function joinSharedCost(files: readonly SiteFile<SharedPolicy>[]): {
  policies: SharedPolicy[];
  problems: FileProblem[];
} {
  const problems = files.flatMap((file) => file.problems);
  const byName = new Map<string, Entry<SharedPolicy>>();
  for (const entry of files.flatMap((file) => file.entries)) {
    const other = byName.get(entry.value.name);
    if (other) {
      problems.push(entry.at(["name"], `the name is taken at ${placeOf(other, ["name"])}`));
    } else byName.set(entry.value.name, entry);
  }
  return { policies: [...byName.values()].map(({ value }) => value), problems };
}

function checkEntry({ match, split, weights }: SharedPolicy, at: Locate): FileProblem[] {
  const problems: FileProblem[] = [];
  if (Object.keys(match).length === 0) {
    problems.push(at(["match"], "matches every event: nobody would be left to share with"));
  }
  const isWeighted = Object.keys(weights).length > 0;
  if (split === "weights" && !isWeighted) {
    problems.push(at(["weights"], "is missing: split by weights needs them"));
  }
  if (split !== "weights" && isWeighted) {
    problems.push(at(["weights"], "only split: weights takes them"));
  }
  return problems;
}
