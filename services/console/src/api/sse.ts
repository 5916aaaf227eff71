/** One event of a server-sent event stream. */
export interface SseEvent {
  id: string | null;
  type: string;
  data: string;
}

/** Cuts a stream of text into its events, after the WHATWG event stream format; a cut may be anywhere. */
export function createSseParser(): (chunk: string) => SseEvent[] {
  let rest = "";
  let id: string | null = null;
  let type = "";
  let data: string[] = [];
  const line = (text: string, events: SseEvent[]): void => {
    if (text === "") {
      if (data.length > 0) events.push({ id, type: type || "message", data: data.join("\n") });
      type = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") type = value;
    else if (field === "id") id = value;
  };
  return (chunk) => {
    const events: SseEvent[] = [];
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    for (const text of lines) line(text, events);
    return events;
  };
}
