import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Moment } from "#core/site/moment.ts";
import { MINUTE, parseDuration } from "#core/time.ts";
import { TIMELINE_METRICS, TIMELINE_SPLITS, TimelineReport } from "#core/timeline/report.ts";
import type { Authorize } from "../http/auth.ts";
import { json, type Operation, serve } from "../http/operation.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { tenantsOf } from "./tenants-of.ts";

const Step = z
  .string()
  .transform((text) => parseDuration(text) ?? 0)
  .refine((step) => step > 0 && step % MINUTE === 0, "must be whole minutes, like 15m, 6h or 1d")
  .meta({
    description:
      "Like `15m`, `6h`, `1d`; chosen for at most 500 points where absent; 2,000 at most.",
  });

const isRising = (from: number | undefined, to: number | undefined): boolean =>
  from === undefined || to === undefined || from < to;

const TimelineQuery = z
  .strictObject({
    identity: z.string().optional(),
    credential: z.string().optional(),
    model: z.string().optional(),
    team: z.string().optional(),
    tenant: z.string().optional().meta({ description: "Else every tenant the token may see." }),
    from: Moment.optional().meta({ description: "Inclusive; 7 days before `to` where absent." }),
    to: Moment.optional().meta({ description: "Exclusive; now where absent." }),
    step: Step.optional(),
    by: z.enum(TIMELINE_SPLITS).optional().meta({
      description: "Splits the usage into the seven largest values and `other`.",
    }),
    metric: z.enum(TIMELINE_METRICS).default("cost"),
    window_from: Moment.optional().meta({
      description: "Marks a window to compare with the rest.",
    }),
    window_to: Moment.optional(),
  })
  .refine(({ from, to }) => isRising(from, to), { path: ["to"], message: "must be after from" })
  .refine(({ window_from, window_to }) => isRising(window_from, window_to), {
    path: ["window_to"],
    message: "must be after window_from",
  })
  .refine(
    ({ window_from, window_to }) => (window_from === undefined) === (window_to === undefined),
    { path: ["window_from"], message: "a window takes both ends" },
  );

export const READ_TIMELINE = {
  method: "GET",
  path: "/api/v1/timeline",
  summary:
    "Usage over time with the expected band, the findings on it, and a window set against the rest.",
  right: "read",
  query: TimelineQuery,
  answer: json(
    "Series of points, by whole minutes. `_none` as a value selects usage that names none.",
    TimelineReport,
  ),
  errors: ["MH_INFLUX_UNREACHABLE"],
} satisfies Operation<z.infer<typeof TimelineQuery>>;

/** `GET timeline`: the tenants the caller may see. */
export function timelineRoutes(
  app: FastifyInstance,
  timeline: Timeline,
  authorize: Authorize,
): void {
  serve(app, authorize, READ_TIMELINE, ({ principal, query }) => {
    const { tenant, window_from, window_to, ...rest } = query;
    const window =
      window_from === undefined || window_to === undefined
        ? undefined
        : { from: window_from, to: window_to };
    return timeline({ ...rest, tenants: tenantsOf(principal, tenant), window });
  });
}
