import { MeterhoundError, messageOf } from "#core/errors.ts";
import { SECOND } from "#core/time.ts";

/** The server's management API, which the client does not cover. */
export interface Management {
  /** Sends a request and gives its status, headers and JSON. Throws MH_INFLUX_UNREACHABLE. */
  ask(method: "GET" | "POST" | "PATCH", path: string, body?: unknown): Promise<Answer>;
  /** The same, where anything but success is a failure: MH_INFLUX_UNAUTHORISED, MH_INFLUX_REJECTED. */
  demand(method: "GET" | "POST" | "PATCH", path: string, body?: unknown): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  json: unknown;
}

const TIMEOUT = 10 * SECOND;

export function createManagement(url: string, token: string): Management {
  const base = url.replace(/\/+$/, "");
  const ask: Management["ask"] = async (method, path, body) => {
    try {
      const response = await fetch(base + path, {
        method,
        headers: { authorization: `Token ${token}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(TIMEOUT),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, json: await jsonOf(response) };
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      const details = { problem: messageOf(cause) };
      throw new MeterhoundError("MH_INFLUX_UNREACHABLE", details, { cause: error });
    }
  };
  return {
    ask,
    async demand(method, path, body) {
      const answer = await ask(method, path, body);
      const { status, json } = answer;
      if (status >= 200 && status < 300) return answer;
      if (status === 401 || status === 403) {
        throw new MeterhoundError("MH_INFLUX_UNAUTHORISED", { what: `${method} ${path}` });
      }
      throw new MeterhoundError("MH_INFLUX_REJECTED", { status, problem: problemOf(json) });
    },
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function problemOf(json: unknown): string {
  const { message } = (json ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(json);
}
