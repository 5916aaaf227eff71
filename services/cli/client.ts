import { ERRORS, type ErrorCode, MeterhoundError, messageOf } from "#core/errors.ts";
import type { ApiToken, Settings } from "../config.ts";
import { tenancyOf } from "../data-dir.ts";
import { type Right, rolesWith } from "../http/auth.ts";

/** The API of the service that uses a data directory. */
export interface Client {
  address: string;
  /** Answers the parsed body, or the text where that is not JSON. Throws the service's own error, by its code. */
  request(
    method: string,
    path: string,
    body?: Buffer | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown>;
}

/** A client where a service uses the data directory, else null. Throws MH_DATA_IN_USE where the user does not answer requests. */
export function clientOf({ data_dir: dir, api }: Settings, right: Right): Client | null {
  const tenancy = tenancyOf(dir);
  if (!tenancy) return null;
  const { address, pid } = tenancy;
  if (!address) throw new MeterhoundError("MH_DATA_IN_USE", { dir, pid });
  const token = tokenWith(api.tokens, right);
  return {
    address,
    async request(method, path, body, headers = {}) {
      const response = await send(address + path, {
        method,
        headers: {
          ...headers,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token && { authorization: `Bearer ${token.token}` }),
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : new Uint8Array(body) }),
      });
      const type = response.headers.get("content-type") ?? "";
      if (response.ok && type.startsWith("text/")) return await response.text();
      const answer = (await response.json()) as Record<string, unknown>;
      // A batch of which nothing was understood is an error with an answer in it.
      if (response.ok || "quarantined" in answer) return answer;
      throw problemOf(answer, right);
    },
  };
}

/** Of the configured tokens that may do it the one that sees most. */
function tokenWith(tokens: readonly ApiToken[], right: Right): ApiToken | undefined {
  const able = tokens.filter(({ roles }) => roles.some((role) => rolesWith(right).includes(role)));
  return able.find(({ tenants }) => tenants === null) ?? able[0] ?? tokens[0];
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const problem = `${url} does not answer: ${messageOf(error)}`;
    throw new MeterhoundError("MH_INTERNAL", { problem }, { cause: error });
  }
}

function problemOf(answer: Record<string, unknown>, right: Right): MeterhoundError {
  const { code, title, revision } = answer;
  if (typeof code === "string" && code in ERRORS) {
    const role = rolesWith(right)[0] ?? right;
    const details = {
      what: "such finding",
      problem: String(title),
      role,
      limit: "5 MiB",
      ...(typeof revision === "number" && { revision }),
    };
    return new MeterhoundError(code as ErrorCode, details);
  }
  return new MeterhoundError("MH_INTERNAL", { problem: String(title) });
}
