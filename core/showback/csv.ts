import { csvText, textCell } from "./csv-text.ts";
import type { ReportLine, ShowbackReport } from "./report.ts";

const COLUMNS = {
  cost: ({ cost }) => cost,
  consumption: ({ layers }) => layers.consumption,
  platform: ({ layers }) => layers.platform,
  unattributed: ({ unattributed }) => unattributed,
  unauthorised: ({ unauthorised }) => unauthorised,
  fully_loaded: ({ fully_loaded }) => fully_loaded,
  reported: ({ basis }) => basis.reported,
  priced: ({ basis }) => basis.priced,
  estimated: ({ basis }) => basis.estimated,
  allocated: ({ basis }) => basis.allocated,
  production: ({ environments }) => environments.production,
  non_production: ({ environments }) => environments.non_production,
  exploratory: ({ environments }) => environments.exploratory,
  calls: ({ calls }) => calls,
  input_tokens: ({ input_tokens }) => input_tokens,
  output_tokens: ({ output_tokens }) => output_tokens,
  cached_input_tokens: ({ cached_input_tokens }) => cached_input_tokens,
  cache_hits: ({ cache_hits }) => cache_hits,
  unpriced_calls: ({ unpriced }) => unpriced.calls,
  unpriced_tokens: ({ unpriced }) => unpriced.tokens,
  expected: ({ expected }) => expected,
  variance: ({ variance }) => variance,
} as const satisfies Record<string, (line: ReportLine) => string | number | null>;

/** The lines of a statement as CSV (RFC 4180): period and currency in every line, an empty cell for what is unknown. */
export function showbackCsv({ period, currency, group_by, items }: ShowbackReport): string {
  const header = ["from", "to", ...group_by, "currency", ...Object.keys(COLUMNS)];
  const rows = items.map((line) => [
    period.from,
    period.to,
    ...group_by.map((dimension) => textCell(line.group[dimension] ?? "")),
    currency,
    ...Object.values(COLUMNS).map((read) => String(read(line) ?? "")),
  ]);
  return csvText([header, ...rows]);
}
