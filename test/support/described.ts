import { expect } from "vitest";
import { OPERATIONS } from "#services/api/operations.ts";
import { Problem } from "#services/api/problem-shape.ts";
import type { Operation } from "#services/http/operation.ts";
import type { Answer } from "./service.ts";

/** Holds a JSON answer to what `/openapi.json` says of it; one of no described route to nothing. */
export function expectDescribed(method: string, path: string, answer: Answer): void {
  const operation = OPERATIONS.find((each) => each.method === method && isOf(each, path));
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  if (type === "application/problem+json") expect(Problem.parse(answer.json)).toBeDefined();
  if (!operation || answer.status >= 400) return;
  const { status, content } = operation.answer;
  expect(`${answer.status} ${type}`).toBe(`${status} ${Object.hasOwn(content, type) ? type : "?"}`);
  const parsed = content[type]?.safeParse(answer.json);
  expect(parsed?.error?.issues ?? [], `${method} ${path}`).toEqual([]);
}

function isOf({ path }: Operation, url: string): boolean {
  const pattern = path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+");
  const own = new RegExp(`^${pattern}$`);
  const [asked = ""] = url.split("?");
  // `findings/summary` looks like a finding's id.
  return own.test(asked) && (path === asked || !OPERATIONS.some((each) => each.path === asked));
}
