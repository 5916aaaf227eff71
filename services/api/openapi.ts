import { z } from "zod";
import { type ErrorCode, ERRORS } from "#core/errors.ts";
import {
  FindingDetailShape,
  FindingList,
  FindingShape,
  FindingSummary,
  StreamEntry,
} from "./finding-shape.ts";
import { FlowReport } from "#core/flow/report.ts";
import { TimelineReport } from "#core/timeline/report.ts";
import { rolesWith } from "../http/auth.ts";
import type { Operation } from "../http/operation.ts";
import { AcceptedShape } from "../ingest/operations.ts";
import { IdentityDetail, IdentityList } from "./identity-shape.ts";
import { Problem } from "./problem-shape.ts";
import { ShowbackShape } from "./showback-shape.ts";

/** Schemas that stand under their names. */
const NAMED = {
  Accepted: AcceptedShape,
  Finding: FindingShape,
  FindingDetail: FindingDetailShape,
  FindingList,
  FindingSummary,
  Flow: FlowReport,
  Identity: IdentityDetail,
  IdentityList,
  Problem,
  Showback: ShowbackShape,
  StreamEntry,
  Timeline: TimelineReport,
} as const satisfies Record<string, z.ZodType>;

type Schema = Record<string, unknown>;

/** An OpenAPI 3.1 document of operations, from the very schemas that check their requests. */
export function openApi(operations: readonly Operation[]) {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase()] = operationObject(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Meterhound",
      version: "1",
      description:
        "Attributed AI usage, watched. Money is an exact decimal string in USD, times are RFC 3339 in UTC, lists answer `{items, next}`, errors `application/problem+json` with a code.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

function operationObject(operation: Operation): object {
  const { summary, right, body, bodyTypes } = operation;
  const { status, description, content } = operation.answer;
  const contentOf = Object.entries(content).map(([type, schema]) => [
    type,
    { schema: schema ? outputSchema(schema) : { type: "string" } },
  ]);
  const roles = right === null ? "anybody" : rolesWith(right).join(", ");
  return {
    operationId: operationId(operation),
    summary,
    description: `For ${roles}.`,
    security: right === null ? [] : [{ token: [] }],
    ...parameters(operation),
    ...((body ?? bodyTypes) && {
      requestBody: { required: true, content: bodyContent(operation) },
    }),
    responses: {
      [status]: { description, content: Object.fromEntries(contentOf) },
      ...problems(operation),
    },
  };
}

/** `getFindingsIdNotes`, without the version. */
function operationId({ method, path }: Operation): string {
  const words = path.replace(/^(\/api)?\/v1/, "").split(/[^a-z]+/i);
  const named = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return method.toLowerCase() + named.join("");
}

function bodyContent({ body, bodyTypes = ["application/json"] }: Operation): object {
  const schema = body ? inputSchema(body) : {};
  return Object.fromEntries(bodyTypes.map((type) => [type, { schema }]));
}

function parameters({ params = {}, query, headers = {} }: Operation): object {
  const schema = query ? inputSchema(query) : {};
  const required = (schema["required"] ?? []) as string[];
  const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
  const texts = { type: "string" };
  const all = [
    ...Object.entries(params).map(([name, description]) => {
      return { name, in: "path", required: true, description, schema: texts };
    }),
    ...Object.entries(properties).map(([name, { description, ...schema }]) => {
      const said = description === undefined ? {} : { description };
      return { name, in: "query", required: required.includes(name), ...said, schema };
    }),
    ...Object.entries(headers).map(([name, { description, required }]) => {
      return { name, in: "header", required, description, schema: texts };
    }),
  ];
  return all.length > 0 ? { parameters: all } : {};
}

/** What it may answer instead, by status; the codes of one status together. */
function problems({ right, query, body, errors = [] }: Operation): object {
  const codes = new Set<ErrorCode>(errors);
  if (query ?? body) codes.add("MH_API_BAD_REQUEST");
  if (right !== null) codes.add("MH_API_UNAUTHENTICATED").add("MH_API_FORBIDDEN");
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { http } = ERRORS[code];
    byStatus.set(http, [...(byStatus.get(http) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      {
        description: names.join(", "),
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    ]),
  );
}

function namedSchemas(): Record<string, Schema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    io: "output",
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]));
}

function outputSchema(schema: z.ZodType): Schema {
  const name = Object.entries(NAMED).find(([, named]) => named === schema)?.[0];
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return bare(z.toJSONSchema(schema, { io: "output" }));
}

function inputSchema(schema: z.ZodType): Schema {
  return bare(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** Without what says where a schema stands: the document does. */
function bare(schema: object): Schema {
  const { $schema: _, $id: __, ...rest } = schema as Schema;
  return rest;
}
