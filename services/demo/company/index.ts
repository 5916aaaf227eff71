import type { Call } from "../call.ts";
import type { Random } from "../random.ts";
import { chatbotCalls, stagingCalls } from "./care.ts";
import { dealDeskCalls, tenderCalls } from "./commercial.ts";
import { notebookCalls } from "./data-science.ts";
import { customsCalls, digestCalls } from "./documents.ts";
import { developerCalls, evaluationCalls, migratorCalls, triageCalls } from "./engineering.ts";
import { searchCalls } from "./search.ts";

/** One stream of ordinary work, with the name its random numbers hang on. */
export interface OrdinaryWork {
  name: string;
  calls: (random: Random, seed: number) => Call[];
}

/** What Larkfield does on an ordinary fortnight. */
export const COMPANY: readonly OrdinaryWork[] = [
  { name: "chatbot", calls: chatbotCalls },
  { name: "staging", calls: stagingCalls },
  { name: "search", calls: searchCalls },
  { name: "customs", calls: customsCalls },
  { name: "digest", calls: digestCalls },
  { name: "developers", calls: developerCalls },
  { name: "triage", calls: triageCalls },
  { name: "migrator", calls: migratorCalls },
  { name: "evaluation", calls: evaluationCalls },
  { name: "deal-desk", calls: dealDeskCalls },
  { name: "tender", calls: tenderCalls },
  { name: "notebook", calls: notebookCalls },
];
