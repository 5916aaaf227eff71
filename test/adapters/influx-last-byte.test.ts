import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { createInfluxClient, type InfluxClient } from "#adapters/influx/client.ts";
import { until } from "#test/support/until.ts";

const DONE = "HTTP/1.1 204 No Content\r\n\r\n";

interface Server {
  client: InfluxClient;
  /** All that has come so far: head and body of one request. */
  received(): string;
  /** Takes bytes from now on; before, they fill the buffers of both sides. */
  read(): void;
  isClosed(): boolean;
}

/** A server on a socket that reads nothing until it is told to, and answers once a body is complete. */
async function startServer(): Promise<Server> {
  let peer: Socket | null = null;
  let text = "";
  let closed = false;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    peer = socket;
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (isComplete(text)) socket.end(DONE);
    });
    socket.on("close", () => (closed = true)).on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    client: createInfluxClient({ url, org: "o", token: "t", timeout: 5_000 }),
    received: () => text,
    read: () => peer!.resume(),
    isClosed: () => closed,
  };
}

function isComplete(text: string): boolean {
  const [head = "", body = ""] = splitOnce(text, "\r\n\r\n");
  return body.length === Number(/content-length: (\d+)/i.exec(head)?.[1] ?? -1);
}

function splitOnce(text: string, by: string): string[] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
}

/** More than the sockets' buffers take. */
const LINES = Array.from(
  { length: 200_000 },
  (_, n) => `usage_1m,identity=svc-${n} calls=${n}i ${n}`,
);

describe("a request for points", () => {
  it("is not complete where it may not be written any more before its last byte", async () => {
    const server = await startServer();
    let mayWrite = true;
    const writing = server.client.write("usage_1m", LINES, () => mayWrite);
    await sleep(200);
    mayWrite = false;
    server.read();
    expect(await writing).toEqual({ kind: "written" });
    await until("the connection to be broken off", server.isClosed);
    expect(server.received().length).toBeGreaterThan(1_000_000);
    expect(isComplete(server.received())).toBe(false);
  });

  it("is complete where it may, however slowly it is read", async () => {
    const server = await startServer();
    const writing = server.client.write("usage_1m", LINES, () => true);
    await sleep(200);
    server.read();
    expect(await writing).toEqual({ kind: "written" });
    expect(isComplete(server.received())).toBe(true);
    expect(splitOnce(server.received(), "\r\n\r\n")[1]).toBe(LINES.join("\n"));
  });
});
