import type { Family, FindingStatus, Verdict } from "#core/finding/finding.ts";

export const STATUS_WORDS: Readonly<Record<FindingStatus, string>> = {
  new: "New",
  in_progress: "In progress",
  suppressed: "Suppressed",
  resolved: "Resolved",
  archived: "Archived",
};

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  true_positive: "True positive",
  true_positive_no_impact: "True positive, no impact",
  benign_expected: "Benign, expected",
  fp_logic: "False positive: logic",
  fp_data: "False positive: data",
  duplicate: "Duplicate",
  managed_externally: "Managed elsewhere",
  undetermined: "Undetermined",
};

export const FAMILY_WORDS: Readonly<Record<Family, string>> = {
  "prompt-loop": "Prompt loop",
  "retry-storm": "Retry storm",
  "runaway-agent": "Runaway agent",
  "fan-out-spike": "Fan-out spike",
  "new-tenant": "Something new",
  llmjacking: "LLMjacking",
  "usage-anomaly": "Usage anomaly",
  "credential-sharing": "Credential sharing",
  "model-escalation": "Model escalation",
  "attribution-gap": "Attribution gap",
  "metering-gap": "Metering gap",
  budget: "Budget",
  health: "Health",
};

/** `baseline_source` as a person reads it. */
export function humanize(name: string): string {
  const text = name.replaceAll(/[_-]+/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `1 call`, `1,204 calls`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** `1.2M`, `14.3k`, `912`. */
export function compact(number: number): string {
  if (number >= 1e9) return `${(number / 1e9).toFixed(1)}B`;
  if (number >= 1e6) return `${(number / 1e6).toFixed(1)}M`;
  if (number >= 1e4) return `${(number / 1e3).toFixed(1)}k`;
  return number.toLocaleString("en");
}
