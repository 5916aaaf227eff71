import type { z } from "zod";
import { ERRORS } from "#core/errors.ts";
import { rolesWith } from "../http/auth.ts";
import type { Operation } from "../http/operation.ts";
import { openApi } from "../api/openapi.ts";
import { markdownTable } from "./markdown-table.ts";

const INTRODUCTION = `# HTTP API

Made from the route schemas; do not edit. The same as OpenAPI 3.1 is at \`/openapi.json\`.

Callers send \`Authorization: Bearer <token>\` with a token of the configuration; where none is configured
the service listens on loopback only and asks for none. A token sees its tenants; what belongs to others is
not there. Money is an exact decimal string in USD, null while unpriced. Times are RFC 3339 in UTC; ranges
take their start and leave out their end. Lists answer \`{items, next}\`: send \`next\` as \`cursor\` with the
same filters for the next page. Errors are \`application/problem+json\` with the \`code\` of
[the table](errors.md).

\`GET /api/v1/stream\` is resumed with the \`id\` of the last event, in the header \`Last-Event-ID\` or as
\`last_event_id\`: nothing is lost and nothing comes twice. An event brings the finding as it is now, so
that an older event of the same finding may bring what a newer one tells.`;

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  description?: string;
  schema: z.core.JSONSchema.BaseSchema;
}

/** Renders `docs/reference/api.md` from the operations. */
export function renderApiReference(operations: readonly Operation[]): string {
  const { paths } = openApi(operations);
  const sections = operations.flatMap((operation) => {
    const { method, path, summary, right, answer, errors = [] } = operation;
    const described = paths[path]?.[method.toLowerCase()] as { parameters?: Parameter[] };
    const types = Object.keys(answer.content).map(code).join(", ");
    return [
      `## ${method} ${path}`,
      "",
      `${summary} ${right === null ? "For anybody." : `Roles: ${rolesWith(right).join(", ")}.`}`,
      "",
      ...(described.parameters ? [parameterTable(described.parameters), ""] : []),
      `Answers ${answer.status}, ${types}. ${answer.description}`,
      "",
      ...(errors.length > 0
        ? [
            `Errors: ${errors.map((name) => `${code(name)} (${ERRORS[name].http})`).join(", ")}.`,
            "",
          ]
        : []),
    ];
  });
  return [INTRODUCTION, "", ...sections].join("\n");
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: place, required, description = "", schema }) => [
    code(name),
    place,
    required
      ? "required"
      : schema.default === undefined
        ? ""
        : code(JSON.stringify(schema.default)),
    description || (schema.enum ?? []).map((value) => code(String(value))).join(", "),
  ]);
  return markdownTable(["name", "in", "default", "meaning"], rows);
}

function code(text: string): string {
  return `\`${text}\``;
}
