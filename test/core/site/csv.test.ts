import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { parseCsv } from "#core/site/csv.ts";

const texts = (text: string) =>
  parseCsv("keys.csv", text).rows.map((row) => row.map((cell) => cell.text));
const told = (text: string) => parseCsv("keys.csv", text).problems.map(describeProblem);

describe("CSV", () => {
  it.each([
    [
      "plain cells",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a last line without its end",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a last empty cell",
      "a,b\nc,",
      [
        ["a", "b"],
        ["c", ""],
      ],
    ],
    [
      "CRLF and a byte order mark",
      "\uFEFFa,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["quoted commas, quotes and line breaks", '"a,""b""\nc",d', [['a,"b"\nc', "d"]]],
    ["blank lines", "\na\n\n\nb\n\n", [["a"], ["b"]]],
    ["blanks around cells", ' a , "b" ,c ', [["a", "b", "c"]]],
    ["nothing", "", []],
  ])("reads %s", (_, text, rows) => {
    expect(told(text)).toEqual([]);
    expect(texts(text)).toEqual(rows);
  });

  it("knows where a cell begins, behind a cell of several lines too", () => {
    const { rows } = parseCsv("keys.csv", 'id,note\na,"one\ntwo",x\nb');
    expect(rows.flat().map(({ line, column }) => [line, column])).toEqual([
      [1, 1],
      [1, 4],
      [2, 1],
      [2, 3],
      [3, 6],
      [4, 1],
    ]);
  });

  it.each([
    ['a\nb,"c"d\ne', "keys.csv:2:3: text after the closing quote"],
    ['a\nb"c\ne', 'keys.csv:2:1: a quote inside a cell: put the whole cell in quotes and write ""'],
  ])("refuses the row, not the file, in %j", (text, problem) => {
    expect(told(text)).toEqual([problem]);
    expect(texts(text)).toEqual([["a"], ["e"]]);
  });

  it("says where a quote was opened that is never closed", () => {
    expect(told('a\nb,"c\nd')[0]).toBe("keys.csv:2:3: the quote is never closed");
  });

  it("does not get lost in a long cell that is never closed", () => {
    const { problems } = parseCsv("keys.csv", `a,"${"b".repeat(100_000)}""`);
    expect(problems).toHaveLength(1);
  });

  it("reads back whatever was written as RFC 4180 has it", () => {
    const cell = fc
      .string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", ";", " ", "é") })
      .map((text) => text.trim());
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((cells) => cells.map(quote).join(",")).join("\r\n");
        expect(texts(text)).toEqual(rows);
      }),
    );
  });
});
