import { MeterhoundError } from "#core/errors.ts";
import { NONE } from "#core/pipeline/rollup.ts";

/** The longest text a tag takes, in characters: what ingest lets through. */
export const MAX_TAG_TEXT = 256;

/** What line protocol cannot carry in a tag (controls, a trailing backslash, half a surrogate pair), and the sign that spells it. */
const UNWRITABLE = /[%\p{Cc}\p{Cs}]|\\$/gu;
const SPELLED = /%u([0-9A-F]{4})|%([0-9A-F]{2})/g;

/**
 * A text as a tag value: itself where it can be, else with the unwritable characters spelled as in an
 * address (`%0A`), so that two names never become one series. Unicode forms are left as they are for
 * the same reason: were they unified, the totals of one name would replace those of another.
 * Throws MH_SERIES_VALUE for a text that is too long.
 */
export function toTagText(text: string, place: string): string {
  if (text === "") return NONE;
  if (text.length > MAX_TAG_TEXT) {
    const problem = `${text.length} characters, ${MAX_TAG_TEXT} at most`;
    throw new MeterhoundError("MH_SERIES_VALUE", { place, problem });
  }
  return text.replace(UNWRITABLE, spell);
}

/** The text that `toTagText` was given. */
export function fromTagText(tag: string): string {
  return tag.replace(SPELLED, (_, wide?: string, narrow?: string) =>
    String.fromCharCode(parseInt(wide ?? narrow ?? "", 16)),
  );
}

function spell(char: string): string {
  const code = char.charCodeAt(0).toString(16).toUpperCase();
  return code.length > 2 ? `%u${code.padStart(4, "0")}` : `%${code.padStart(2, "0")}`;
}
