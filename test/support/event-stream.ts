import { get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { until } from "./until.ts";

export interface StreamEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** A client of server-sent events on a real socket. */
export interface EventStream {
  response: IncomingMessage;
  events: StreamEvent[];
  /** Comments, as the server sends them to keep the line open. */
  comments: string[];
  isEnded(): boolean;
  /** The first so many events, once they are there. */
  received(count: number): Promise<StreamEvent[]>;
  close(): void;
}

export async function openEventStream(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const request = get(url, { headers });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const events: StreamEvent[] = [];
  const comments: string[] = [];
  let rest = "";
  let ended = false;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      if (block.startsWith(":")) comments.push(block);
      else if (block.includes("data: ")) events.push(parse(block));
    }
  });
  for (const name of ["close", "error"]) response.on(name, () => (ended = true));
  request.on("error", () => {});
  return {
    response,
    events,
    comments,
    isEnded: () => ended,
    async received(count) {
      await until(`${count} events`, () => events.length >= count);
      return events.slice(0, count);
    },
    close: () => request.destroy(),
  };
}

function parse(block: string): StreamEvent {
  const fields = new Map(
    block
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const data = JSON.parse(fields.get("data")!) as Record<string, unknown>;
  return { id: fields.get("id")!, event: fields.get("event")!, data };
}
