import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** One message that a client sent towards the server, whatever became of it. */
export interface SeenPublish {
  at: number;
  subject: string;
  data: string;
}

/** Stands between one client and its server and sees what the client publishes. */
export interface NatsProxy {
  url: string;
  /** In the order they came through. */
  seen: SeenPublish[];
  close(): Promise<void>;
}

const CR_LF = "\r\n";

export async function startNatsProxy(target: string): Promise<NatsProxy> {
  const { hostname, port } = new URL(target);
  const seen: SeenPublish[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const watch = createPublishReader((subject, data) =>
      seen.push({ at: Date.now(), subject, data }),
    );
    client.on("data", watch);
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads a client's side of the protocol as it flows by: `PUB subject [reply] size`, `HPUB subject [reply] headers size`, then as many bytes. */
function createPublishReader(
  onPublish: (subject: string, data: string) => void,
): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  const takeOne = (): boolean => {
    const end = rest.indexOf(CR_LF);
    if (end < 0) return false;
    const [verb, subject = "", ...more] = rest.subarray(0, end).toString().split(" ");
    const carries = verb === "PUB" || verb === "HPUB";
    const size = carries ? Number(more.at(-1)) : -CR_LF.length;
    const start = end + CR_LF.length;
    if (rest.length < start + size + CR_LF.length) return false;
    if (carries) onPublish(subject, rest.subarray(start, start + size).toString());
    rest = rest.subarray(start + size + CR_LF.length);
    return true;
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (takeOne());
  };
}
