import type { IdentityType, Outcome } from "../event.ts";
import { type Field, nested } from "./fields.ts";
import { isNothing, toText } from "./convert.ts";
import { missing } from "./field-problem.ts";
import { classOfName, statusOfClass } from "./outcome.ts";

const { derived, find, text } = nested;

/**
 * Who stands behind an ARN, the same from both halves of a call: the role and not its session, the user
 * without its path. IAM makes a user `BedrockAPIKey-…` for every long-term Bedrock API key.
 */
export function identityOfArn(arn: string): { id: string; type?: IdentityType } {
  const [, , service, , , ...rest] = arn.split(":");
  if (service !== "iam" && service !== "sts") return { id: arn };
  const [kind = "", ...names] = rest.join(":").split("/");
  const last = names.at(-1) ?? kind;
  switch (kind) {
    case "assumed-role":
      return { id: names[0] ?? arn, type: "role" };
    case "role":
      return { id: last, type: "role" };
    case "user":
      return { id: last, type: last.startsWith("BedrockAPIKey-") ? "api_key" : "user" };
    case "root":
    case "federated-user":
      return { id: last, type: "user" };
    default:
      return { id: arn };
  }
}

/** `identity.id` and `identity.type` from the ARN under a name; the id may stand under others instead. */
export function identityFields(
  arn: string,
  ...others: string[]
): Record<"identity.id" | "identity.type", Field> {
  const at = find(arn);
  const read = (record: object) => {
    const value = at(record);
    return isNothing(value) ? undefined : identityOfArn(toText(value, arn));
  };
  const other = text(...others);
  return {
    "identity.id": derived(
      [arn, ...others],
      (record, mapping) => read(record)?.id ?? other.read(record, mapping),
    ),
    "identity.type": derived([arn], (record) => read(record)?.type),
  };
}

/** The same id for the invocation log's record of a call and for CloudTrail's, so that they meet. */
export function callId(...names: [account: string, region: string, request: string]): Field {
  const parts = names.map((name) => ({ name, at: find(name) }));
  return derived([names.join(" + ")], (record) =>
    parts
      .map(({ name, at }) => {
        const value = at(record);
        if (isNothing(value)) throw missing(name);
        return toText(value, name);
      })
      .join("/"),
  );
}

/** The model's id, out of the ARN of a foundation model or an inference profile where it stands in one. */
export function modelField(name: string): Field {
  const model = text(name);
  return derived([name], (record, mapping) => {
    const id = model.read(record, mapping) as string | undefined;
    return id?.startsWith("arn:") ? id.slice(id.lastIndexOf("/") + 1) : id;
  });
}

/** OpenTelemetry's name of what was asked for: an embedding is called in the same way as a chat. */
export function operationField(name: string): Field {
  const model = modelField(name);
  return derived([`kind of \`${name}\``], (record, mapping) => {
    const id = String(model.read(record, mapping));
    return OPERATIONS.find(([pattern]) => pattern.test(id))?.[1] ?? "chat";
  });
}

const OPERATIONS: readonly (readonly [RegExp, string])[] = [
  [/embed/, "embeddings"],
  [/rerank/, "rerank"],
  [/image|canvas|stability\./, "image_generation"],
];

/** How a call went that AWS refused with an error code: `ValidationException`, `AccessDenied`. */
export function failureOf(errorCode: string): Outcome {
  const error_class = classOfName(errorCode);
  return { status: statusOfClass(error_class), error_class };
}

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i;

/** A call by an AWS service on somebody's behalf names the service instead. */
export function addressField(name: string): Field {
  const at = find(name);
  return derived([name], (record) => {
    const value = at(record);
    if (isNothing(value)) return undefined;
    const address = toText(value, name);
    return ADDRESS.test(address) ? address : undefined;
  });
}
