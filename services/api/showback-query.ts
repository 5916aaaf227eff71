import { z } from "zod";
import { Moment } from "#core/site/moment.ts";
import { type Dimension, DIMENSION_NAMES } from "#core/showback/dimension.ts";
import { listOf } from "./list-of.ts";

/** Who is shown what, where nothing is asked for. */
export const DEFAULT_GROUPING = ["team"] as const satisfies readonly Dimension[];

const SHOWBACK_FORMATS = ["json", "csv", "focus"] as const;

/** The query of `GET showback`. Times select by event time: `from` inclusive, `to` exclusive. */
export const ShowbackQuery = z
  .strictObject({
    from: Moment.optional(),
    to: Moment.optional(),
    group_by: listOf(DIMENSION_NAMES)
      .refine((names) => new Set(names).size === names.length, "names a dimension twice")
      .exactOptional(),
    tenant: z.string().optional(),
    format: z.enum(SHOWBACK_FORMATS).default("json"),
    quality: z
      .enum(["true", "false"])
      .default("false")
      .transform((text) => text === "true"),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["to"],
    message: "must be after from",
  })
  .refine(({ format, group_by }) => format !== "focus" || group_by === undefined, {
    path: ["group_by"],
    message: "focus has rows of its own, by day and by everything it has a column for",
  })
  .refine(({ format, quality }) => !quality || format === "json", {
    path: ["quality"],
    message: "comes as json only",
  });
