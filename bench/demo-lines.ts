import { DAY } from "#core/time.ts";
import { generateDemo } from "#services/demo/generate.ts";

/** Where the first fortnight of every bench ends. */
const START = Date.UTC(2026, 0, 20);

/** The lines of several demo fortnights, one after the other in event time, in pieces. */
export function* demoLines(fortnights: number, piece = 10_000): Generator<string[]> {
  let lines: string[] = [];
  for (let i = 0; i < fortnights; i++) {
    for (const event of generateDemo({ seed: i + 1, until: START + i * 16 * DAY })) {
      lines.push(JSON.stringify(event));
      if (lines.length < piece) continue;
      yield lines;
      lines = [];
    }
  }
  if (lines.length > 0) yield lines;
}
