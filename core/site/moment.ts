import { z } from "zod";
import { parseTime } from "../time.ts";

/** A moment in a site file: a date (its midnight UTC) or an RFC 3339 time. */
export const Moment = z.string().transform((text, context) => {
  const at = parseTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at === null) context.addIssue("must be a date like 2026-07-01 or an RFC 3339 time");
  return at ?? z.NEVER;
});
