import { matchesGlob } from "./glob.ts";

/** What a site says of the feeds it sends: which of two that tell of the same calls counts. */
export interface SourceRule {
  /** The source's name, `*` for any run of characters. */
  match: string;
  role: "primary" | "shadow";
}

/** Makes the question whether a source is a shadow of another; of several matching lines the first counts. */
export function createShadowTest(rules: readonly SourceRule[]): (source: string) => boolean {
  if (rules.length === 0) return () => false;
  const remembered = new Map<string, boolean>();
  return (source) => {
    let answer = remembered.get(source);
    if (answer === undefined) {
      answer = rules.find(({ match }) => matchesGlob(match, source))?.role === "shadow";
      remembered.set(source, answer);
    }
    return answer;
  };
}
