import { archiveReread } from "./archive-reread.ts";
import { borrowedKey } from "./borrowed-key.ts";
import { loopedTriage } from "./looped-triage.ts";
import { namelessBackfill } from "./nameless-backfill.ts";
import { newCustomer } from "./new-customer.ts";
import { runawayMigration } from "./runaway-migration.ts";
import { stolenKey } from "./stolen-key.ts";
import type { Story } from "./story.ts";
import { wideTender } from "./wide-tender.ts";

/** What goes wrong in the demo week, by time. A new family adds one file and one line. */
export const STORIES: readonly Story[] = [
  loopedTriage,
  borrowedKey,
  wideTender,
  archiveReread,
  runawayMigration,
  namelessBackfill,
  newCustomer,
  stolenKey,
];
