/** Strings that break stores which paste values into their language: quotes, escapes, controls, SQL, line protocol, Flux. */
export const HOSTILE_STRINGS = [
  "'; DROP TABLE usage_log; --",
  `" OR "1"="1`,
  "$tenant",
  "${tenant}",
  "%s%n_%",
  "back\\slash\\",
  "comma, equals=1 and space",
  "line\nbreak\r\n\ttab",
  "bell\u0007 escape\u001b[31m delete\u007f",
  'r["_value"] |> drop()',
  "na\u0308ive \u00e9\u0301 \u4f60\u597d \ud83d\ude80",
  "\u202eright to left\u202c\ufeff",
  "NULL",
  "__proto__",
  " ",
] as const;
