import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseUsd } from "#core/money.ts";
import { NONE } from "#core/pipeline/rollup.ts";
import { Moment } from "#core/site/moment.ts";
import { type EventTime, formatTime, MINUTE, parseTime } from "#core/time.ts";
import type { Authorize } from "../http/auth.ts";
import { json, type Operation, serve } from "../http/operation.ts";
import type { Identities } from "../identities/identities.ts";
import type { Cursors, Position } from "./cursor.ts";
import { IdentityDetail, type IdentityItem, IdentityList } from "./identity-shape.ts";
import { tenantsOf } from "./tenants-of.ts";

const to = Moment.optional().meta({
  description: "The day and the week end here, at a whole minute; now where absent.",
});
const tenant = z.string().optional();

const IdentitiesQuery = z.strictObject({
  tenant,
  team: z.string().optional(),
  q: z.string().max(200).optional().meta({ description: "Part of the identity's name." }),
  to,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().optional(),
});
const IdentityQuery = z.strictObject({ tenant, to });

export const LIST_IDENTITIES = {
  method: "GET",
  path: "/api/v1/identities",
  summary: "Identities with usage in the last seven days, the dearest first.",
  right: "read",
  query: IdentitiesQuery,
  answer: json("One page; `next` is the cursor of the next one, null on the last.", IdentityList),
  errors: ["MH_API_CURSOR", "MH_INFLUX_UNREACHABLE"],
} satisfies Operation<z.infer<typeof IdentitiesQuery>>;

export const READ_IDENTITY = {
  method: "GET",
  path: "/api/v1/identities/{id}",
  summary: "One identity with what it used in the last seven days, and its findings.",
  right: "read",
  params: { id: "The identity; `_none` for usage that names none." },
  query: IdentityQuery,
  answer: json("The identity.", IdentityDetail),
  errors: ["MH_API_NOT_FOUND", "MH_INFLUX_UNREACHABLE"],
} satisfies Operation<z.infer<typeof IdentityQuery>>;

/** `GET identities` and `GET identities/{id}`: of the tenants the caller may see. */
export function identityRoutes(
  app: FastifyInstance,
  identities: Identities,
  authorize: Authorize,
  cursors: Cursors,
  now: () => EventTime,
): void {
  serve(app, authorize, LIST_IDENTITIES, async ({ principal, query }) => {
    const { limit, cursor, ...filter } = query;
    const scope = JSON.stringify(["identities", filter, principal.tenants]);
    const after = cursor === undefined ? null : cursors.read(cursor, scope);
    // Later pages end where the first one did, whatever time it is by then.
    const end = after ? parseTime(after[0]!)! : wholeMinute(query.to ?? now());
    const { team, q } = filter;
    const tenants = tenantsOf(principal, filter.tenant);
    const all = await identities.list({ tenants, team, q, to: end });
    const rest = after ? all.filter((item) => isBehind(item, after)) : all;
    const items = rest.slice(0, limit);
    const last = rest.length > limit ? items.at(-1) : undefined;
    return {
      to: formatTime(end),
      items,
      next: last ? cursors.write(positionOf(last, end), scope) : null,
    };
  });

  serve(app, authorize, READ_IDENTITY, ({ principal, params, query }) => {
    const tenants = tenantsOf(principal, query.tenant);
    return identities.read(params["id"]!, { tenants, to: wholeMinute(query.to ?? now()) });
  });
}

function positionOf({ spend, tenant, identity }: IdentityItem, end: EventTime): Position {
  return [formatTime(end), spend.week, tenant, identity];
}

/** In the order of the list: by spend, then tenant, then name. */
function isBehind(item: IdentityItem, [, spend, tenant, identity]: Position): boolean {
  const [own, its] = [parseUsd(item.spend.week)!, parseUsd(spend!)!];
  if (own !== its) return own < its;
  if (item.tenant !== tenant) return item.tenant > tenant!;
  return nameOf(item.identity) > nameOf(identity ?? null);
}

function nameOf(identity: string | null): string {
  return identity ?? NONE;
}

/** The series are kept by the minute: up to the end of the running one. */
function wholeMinute(at: EventTime): EventTime {
  return Math.ceil(at / MINUTE) * MINUTE;
}
