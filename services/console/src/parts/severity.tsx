import { type Severity } from "#core/severity.ts";

/** Shape, label and colour say the same, so that none is needed alone. */
const SHAPES: Readonly<Record<Severity, string>> = {
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  high: "M8 .8 15.200 8 8 15.200.8 8z",
  medium: "M8 1.500 15.300 14.500H.7z",
  low: "M2 2h12v12H2z",
  info: "M8 2.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11z",
};

export function SeverityIcon({ severity }: { severity: Severity }) {
  return (
    <svg class={`severity-icon ${severity}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[severity]} />
      {severity === "critical" && (
        <path class="mark" d="M5.400 5.400l5.200 5.200M10.600 5.400l-5.200 5.200" />
      )}
    </svg>
  );
}

export function SeverityLabel({ severity }: { severity: Severity }) {
  return (
    <span class={`severity ${severity}`}>
      <SeverityIcon severity={severity} />
      {severity}
    </span>
  );
}
