import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What the proxy does to a request before the real server, or instead of it. */
export type Fault =
  | { kind: "pass" }
  /** Answers on its own; `retryAfter` in seconds. */
  | { kind: "answer"; status: number; retryAfter?: number }
  /** Forwards only after so many milliseconds. */
  | { kind: "slow"; delay: number }
  /** Forwards at once, hands the answer on after so many milliseconds. */
  | { kind: "late"; delay: number }
  /** Breaks the connection: before the server sees the request, or after it has done it. */
  | { kind: "cut"; when: "before" | "after" }
  /** Breaks the syntax of the lines that match: what answers is the real server. */
  | { kind: "corrupt"; line: (line: string) => boolean }
  /** 413 for bodies over so many bytes. */
  | { kind: "small"; limit: number };

export interface SeenRequest {
  at: number;
  path: string;
  status: number | null;
}

export interface FaultProxy {
  url: string;
  /** Requests so far, in the order their answers were known; null where there was none. */
  seen: SeenRequest[];
  /** From the next request on. Reads are left alone. */
  set(fault: Fault): void;
  /** Refuses connections until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

interface Forwarded {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A proxy on loopback whose faults hit writes. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: SeenRequest[] = [];
  let fault: Fault = { kind: "pass" };
  let port = 0;
  const server = createServer((incoming, response) => {
    void handle(incoming, response).catch(() => response.destroy());
  });
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const path = incoming.url ?? "/";
    const active: Fault = path.startsWith("/api/v2/write") ? fault : { kind: "pass" };
    const record: SeenRequest = { at: Date.now(), path, status: null };
    seen.push(record);
    const answered = await meet(active, incoming, body, target);
    if (!answered) {
      response.destroy();
      return;
    }
    record.status = answered.status;
    response.writeHead(answered.status, answered.headers).end(answered.body);
  };
  const up = async (): Promise<void> => {
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  await up();
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    set(next) {
      fault = next;
    },
    down,
    up,
    close: down,
  };
}

/** The answer for the caller; null where the connection breaks. */
async function meet(
  fault: Fault,
  incoming: IncomingMessage,
  body: Buffer,
  target: string,
): Promise<Forwarded | null> {
  switch (fault.kind) {
    case "pass":
      return forward(incoming, body, target);
    case "answer": {
      const headers =
        fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
      return { status: fault.status, headers, body: Buffer.from("as told") };
    }
    case "slow":
      await sleep(fault.delay);
      return forward(incoming, body, target);
    case "late": {
      const answer = await forward(incoming, body, target);
      await sleep(fault.delay);
      return answer;
    }
    case "cut":
      if (fault.when === "after") await forward(incoming, body, target);
      return null;
    case "corrupt": {
      const lines = body.toString("utf8").split("\n");
      const broken = lines.map((line) => (fault.line(line) ? line.replaceAll("=", "") : line));
      return forward(incoming, Buffer.from(broken.join("\n")), target);
    }
    case "small":
      return body.length > fault.limit
        ? { status: 413, headers: {}, body: Buffer.from("too large") }
        : forward(incoming, body, target);
  }
}

function forward(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  target: string,
): Promise<Forwarded> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(url ?? "/", target),
      { method, headers: { ...headers, "content-length": body.length }, agent: false },
      (answer) => {
        bodyOf(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body }),
          reject,
        );
      },
    );
    outgoing.on("error", reject).end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
