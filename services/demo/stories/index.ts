import { archiveReread } from "./archive-reread.ts";
import { loopedTriage } from "./looped-triage.ts";
import { newCustomer } from "./new-customer.ts";
import { runawayMigration } from "./runaway-migration.ts";
import { stolenKey } from "./stolen-key.ts";
import type { Story } from "./story.ts";
import { wideTender } from "./wide-tender.ts";

/** What goes wrong in the demo week, by time. A new family adds one file and one line. */
export const STORIES: readonly Story[] = [
  loopedTriage,
  wideTender,
  archiveReread,
  runawayMigration,
  newCustomer,
  stolenKey,
];
