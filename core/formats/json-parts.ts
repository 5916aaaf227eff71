/**
 * Some members of a JSON object that stands in a text; the others are passed over, which takes a part of
 * the time of parsing them, and are not checked. Undefined where the text is no object. Throws
 * SyntaxError where a wanted member is no JSON.
 */
export function partsOf(
  text: string,
  wanted: ReadonlySet<string>,
): Record<string, unknown> | undefined {
  const parts: Record<string, unknown> = {};
  let at = afterBlanks(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) return undefined;
  at = afterBlanks(text, at + 1);
  if (text.charCodeAt(at) === CLOSE_BRACE) return parts;
  while (text.charCodeAt(at) === QUOTE) {
    const end = afterString(text, at);
    const name = nameOf(text.slice(at, end));
    const colon = afterBlanks(text, end);
    if (text.charCodeAt(colon) !== COLON) return undefined;
    const start = afterBlanks(text, colon + 1);
    at = afterValue(text, start);
    if (wanted.has(name)) parts[name] = JSON.parse(text.slice(start, at));
    at = afterBlanks(text, at);
    if (text.charCodeAt(at) === CLOSE_BRACE) return parts;
    if (text.charCodeAt(at) !== COMMA) return undefined;
    at = afterBlanks(text, at + 1);
  }
  return undefined;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const BLANK = 32;

function nameOf(quoted: string): string {
  return quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= BLANK) at += 1;
  return at;
}

/** Behind the quote that ends the string which begins here: one with an even number of backslashes before it. */
function afterString(text: string, from: number): number {
  for (let at = from + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Behind the value that begins here: where its brackets are closed, or before the next comma or bracket. */
function afterValue(text: string, from: number): number {
  let open = 0;
  for (let at = from; at < text.length;) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = afterString(text, at);
        if (open === 0) return at;
        continue;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        open += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (open === 0) return at;
        open -= 1;
        if (open === 0) return at + 1;
        break;
      case COMMA:
        if (open === 0) return at;
        break;
    }
    at += 1;
  }
  return text.length;
}
