import type { FieldTable } from "./fields.ts";
import { flat } from "./fields.ts";
import { plainAttributes, type Attributes } from "./otlp-attributes.ts";
import { isObject } from "./format.ts";

const { text, word } = flat;

const ENVIRONMENTS: Readonly<Record<string, string>> = {
  production: "production",
  prod: "production",
  staging: "staging",
  stage: "staging",
  development: "development",
  dev: "development",
  test: "test",
  testing: "test",
  pilot: "pilot",
};

/** Whom a resource belongs to: the conventions' names, and what administrators commonly put beside them. */
export const RESOURCE_FIELDS: FieldTable = {
  "attribution.team": text("team.id", "team.name", "team"),
  "attribution.service": text("service.name"),
  "attribution.cost_center": text("cost_center"),
  "attribution.environment": word(
    ENVIRONMENTS,
    "deployment.environment.name",
    "deployment.environment",
  ),
  "attribution.business_unit": text("service.namespace", "department"),
};

/** The attributes of a resource; the name that SDKs make up for a service without one is none. Throws FieldProblem. */
export function resourceAttributes(resource: unknown): Attributes {
  const list = isObject(resource) ? resource["attributes"] : undefined;
  const attributes = plainAttributes(list, "resource.attributes", null);
  const name = attributes["service.name"];
  if (typeof name === "string" && name.startsWith("unknown_service")) {
    delete attributes["service.name"];
  }
  return attributes;
}
