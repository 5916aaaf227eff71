import { z } from "zod";

const WEBHOOK_SECRET = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

/** A bearer token, as it travels in a header. */
export const BearerToken = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be printable characters without spaces");

/** A Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64. */
export const WebhookSecret = z.string().refine(isWebhookSecret, {
  message: "must be whsec_ followed by the base64 of 24 to 64 bytes",
});

function isWebhookSecret(text: string): boolean {
  const base64 = WEBHOOK_SECRET.exec(text)?.[1];
  if (base64 === undefined) return false;
  const bytes = (base64.length / 4) * 3 - (base64.length - base64.replace(/=+$/, "").length);
  return bytes >= 24 && bytes <= 64;
}

/**
 * Holds a secret and its `*_file` twin apart: both given is a problem, and so is neither where the
 * secret is required. Runs beside the schema's other problems, so that all are told at once.
 */
export function withTwin<S extends z.ZodObject>(
  schema: S,
  key: string,
  need: "required" | "optional",
): S {
  const twin = `${key}_file`;
  return schema.superRefine(
    (value, context) => {
      const given = value as Readonly<Record<string, unknown>>;
      if (given[key] !== undefined && given[twin] !== undefined) {
        context.addIssue({
          code: "custom",
          path: [twin],
          message: `give ${key} or ${twin}, not both`,
        });
      }
      if (need === "required" && given[key] === undefined && given[twin] === undefined) {
        context.addIssue({ code: "custom", path: [], message: `${key} or ${twin} is required` });
      }
    },
    { when: ({ value }) => typeof value === "object" && value !== null },
  );
}
