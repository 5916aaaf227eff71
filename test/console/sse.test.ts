import { describe, expect, it } from "vitest";
import { createSseParser } from "#services/console/src/api/sse.ts";

const STREAM =
  'retry: 3000\n\n: ping\n\nid: 7\nevent: opened\ndata: {"a":1}\n\nid: 8\r\ndata: x\r\ndata: y\r\n\r\n';
const EVENTS = [
  { id: "7", type: "opened", data: '{"a":1}' },
  { id: "8", type: "message", data: "x\ny" },
];

describe("an event stream", () => {
  it("is read event by event, comments and retry times left out", () => {
    expect(createSseParser()(STREAM)).toEqual(EVENTS);
  });

  it("is the same wherever it was cut", () => {
    for (let size = 1; size < 12; size++) {
      const parse = createSseParser();
      const events = [];
      for (let at = 0; at < STREAM.length; at += size) {
        events.push(...parse(STREAM.slice(at, at + size)));
      }
      expect(events).toEqual(EVENTS);
    }
  });

  it("keeps an unfinished event back", () => {
    const parse = createSseParser();
    expect(parse("data: half\n")).toEqual([]);
    expect(parse("\n")).toEqual([{ id: null, type: "message", data: "half" }]);
  });
});
