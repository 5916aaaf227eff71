import type { LineReader } from "./lines.ts";

/**
 * Files that are one JSON document printed over many lines (an export, a CloudTrail file somebody
 * formatted) are joined to one line; all other files pass through. What turns out to be no document
 * after all is handed on line by line.
 */
export function joinDocument(onLine: LineReader): { onLine: LineReader; end(): void } {
  let lines: { text: string | null; size: number }[] | null = null;
  let isFirst = true;
  return {
    onLine(text, size) {
      if (isFirst) {
        isFirst = false;
        if (text !== null && /^\s*[[{](.*[[{,])?\s*$/.test(text) && !isJson(text)) lines = [];
      }
      if (lines) lines.push({ text, size });
      else onLine(text, size);
    },
    end() {
      if (!lines) return;
      const text = lines.map((line) => line.text ?? "").join("\n");
      const size = lines.reduce((sum, line) => sum + line.size, 0);
      if (isJson(text)) onLine(text, size);
      else for (const line of lines) onLine(line.text, line.size);
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
