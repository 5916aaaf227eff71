import { signInNeeded, token } from "./session.ts";

/** An error answer of the API (RFC 9457), or that there was no answer. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** Id of the request in the service's log, empty where it never arrived. */
  readonly request: string;

  constructor(status: number, problem: Problem) {
    super(problem.title ?? "The service did not answer");
    this.status = status;
    this.code = problem.code ?? "MH_NO_ANSWER";
    this.remedy = problem.remedy ?? "";
    this.request = problem.instance ?? "";
  }
}

interface Problem {
  title?: string;
  code?: string;
  remedy?: string;
  instance?: string;
}

export interface RequestOptions {
  method?: "GET" | "PATCH" | "POST";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sends a request and answers the response. Throws ApiError; the abort passes through. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = "GET", body, headers, signal } = options;
  const response = await fetch(`/api/v1/${path}`, {
    method,
    headers: {
      ...(token.value !== null && { authorization: `Bearer ${token.value}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { remedy: "Check that the service runs and is reachable." });
  });
  if (response.ok) return response;
  if (response.status === 401) signInNeeded.value = true;
  throw new ApiError(response.status, await problemOf(response));
}

/** The same, answered as JSON. The shape is the API's, held by its own tests. */
export async function request<T>(path: string, options?: RequestOptions): Promise<T> {
  return (await (await send(path, options)).json()) as T;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { title: `The service answered ${response.status}` };
  }
}
