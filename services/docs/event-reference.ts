import { type FieldKind, SECTIONS, TOP_FIELDS } from "#core/event-fields.ts";
import { METHODS, OTHER_CODES, OWNED_FIELDS, qualityMeaning } from "#core/quality.ts";
import { markdownTable } from "./markdown-table.ts";

/** Renders `docs/reference/events.md`: the canonical event and its quality codes. */
export function renderEventReference(): string {
  const fields = [
    ...[...TOP_FIELDS].map(([name, kind]) => [name, kind] as const),
    ...[...SECTIONS].flatMap(([section, inner]) =>
      [...inner].map(([name, kind]) => [`${section}.${name}`, kind] as const),
    ),
  ];
  const codes = OWNED_FIELDS.flatMap((field) =>
    Object.entries(METHODS).map(([method, confidence]) => [
      `\`${field}.${method}\``,
      qualityMeaning(`${field}.${method}`)!,
      String(confidence),
    ]),
  );
  return [
    "# The canonical usage event",
    "",
    "Made from the tables in `core/`; do not edit. `id` and `time` are required; everything else may be",
    "absent, and its absence is recorded as quality, not refused. Unknown scalar fields are kept under",
    "`extra` (32 at most). Strings over 256 characters, anything shaped like a live secret and whatever",
    "stands under a content key (`messages`, `prompt`, `result` and the like) are kept as keyed digests only.",
    "",
    markdownTable(
      ["field", "holds"],
      fields.map(([name, kind]) => [`\`${name}\``, describe(kind)]),
    ),
    "",
    "## Quality codes",
    "",
    markdownTable(["code", "meaning", "confidence"], codes),
    "",
    markdownTable(
      ["code", "meaning"],
      Object.entries(OTHER_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
    "",
  ].join("\n");
}

function describe(kind: FieldKind): string {
  switch (kind.kind) {
    case "text":
      return "text";
    case "count":
      return "whole number from 0";
    case "number":
      return "number from 0";
    case "money":
      return "decimal string";
    case "label":
      return "text or number";
    case "tags":
      return "object of texts, 32 at most";
    case "choice":
      return [...kind.choices].map((choice) => `\`${choice}\``).join(", ");
  }
}
