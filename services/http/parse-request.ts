import type { z } from "zod";
import { MeterhoundError } from "#core/errors.ts";

/** Checks a query or a body. Throws MH_API_BAD_REQUEST with everything that is wrong. */
export function parseRequest<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new MeterhoundError("MH_API_BAD_REQUEST", { problem: problemsOf(parsed.error) });
}

export function problemsOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}
