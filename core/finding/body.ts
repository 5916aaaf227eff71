import type { Facts, FactValue } from "../detector.ts";
import { displayUsd, formatUsd, type Pico } from "../money.ts";
import type { Episode } from "../pipeline/episode.ts";
import { excessOf, isUnpriced, leadOf, projectedDaily, type Tally } from "../pipeline/tally.ts";
import type { RuleFile } from "../rules/rule.ts";
import { type EventTime, formatTime } from "../time.ts";
import { confidenceOf } from "./confidence.ts";
import type { Evidence, FindingBody, Showback } from "./finding.ts";
import { fillTemplate, type TemplateValues } from "./template.ts";

/** Writes the finding of an episode: who, what, how much, whose budget, why, what next. */
export function findingBody(
  tenant: string,
  episode: Episode,
  rule: RuleFile,
  closed: EventTime | null,
): FindingBody {
  const lead = leadOf(episode);
  const showback = showbackOf(episode, lead);
  const values = templateValues(episode, lead, showback);
  return {
    id: episode.id,
    tenant,
    family: rule.family,
    rule: rule.id,
    rule_version: rule.version,
    title: fillTemplate(rule.title, values),
    severity: lead.severity,
    confidence: confidenceOf({
      rule: rule.confidence,
      lineage: episode.lineage,
      attribution: showback.attribution_quality,
      baseline: baselineSource(lead.facts["baseline"]),
    }),
    first_seen: formatTime(episode.firstSeen),
    last_seen: formatTime(episode.lastSeen),
    opened_at: formatTime(episode.opened),
    closed_at: closed === null ? null : formatTime(closed),
    detected_after: {
      events: episode.callsAtDetection,
      spend: decimal(episode.spendAtDetection),
    },
    lineage: episode.lineage,
    subject: episode.subject,
    showback,
    facts: { reason: lead.reason, ...lead.facts, ...joinedFacts(episode) },
    explanation: fillTemplate(rule.explanation, values),
    evidence: evidenceOf(episode, lead),
    threats: Object.fromEntries(Object.entries(rule.mappings).filter(([, ids]) => ids.length > 0)),
    runbook: `${rule.triage.trim()}\n\n${rule.respond.trim()}`,
    related: [...episode.related],
  };
}

/** Where a finding's expectation came from, where it says so. */
export function baselineSource(baseline: FactValue | undefined): string | null {
  if (typeof baseline !== "object" || baseline === null) return null;
  return typeof baseline["source"] === "string" ? baseline["source"] : null;
}

/** Every rule that agrees, in the order in which each began to; nothing where the finding's own rule is alone. */
function joinedFacts({ tallies, joined }: Episode): Facts {
  const began = [...tallies.map(({ rule, firstSeen }) => [rule, firstSeen] as const), ...joined];
  if (began.length < 2) return {};
  const inOrder = began.toSorted(([a, at], [b, other]) => at - other || (a < b ? -1 : 1));
  return { signals: Object.fromEntries(inOrder.map(([rule, at]) => [rule, formatTime(at)])) };
}

function showbackOf(episode: Episode, lead: Tally): Showback {
  const { attribution } = episode;
  return {
    team: attribution.team ?? null,
    service: attribution.service ?? null,
    cost_center: attribution.cost_center ?? null,
    environment: attribution.environment ?? null,
    currency: "USD",
    observed: isUnpriced(lead) ? null : formatUsd(lead.observed),
    expected: formatUsd(lead.expected),
    excess: decimal(excessOf(lead)),
    at_detection: decimal(episode.spendAtDetection),
    projected_daily: decimal(projectedDaily(lead)),
    basis: episode.basis,
    attribution_quality: Math.round((episode.attributed / episode.weighed) * 1_000) / 1_000,
    quality: [...episode.quality.keys()].toSorted(),
    unpriced_events: lead.unpriced,
  };
}

function evidenceOf(episode: Episode, lead: Tally): Evidence {
  const spends = [...lead.spendByModel].toSorted(([, a], [, b]) => (a === b ? 0 : a < b ? 1 : -1));
  const known = spends.reduce((sum, [, spend]) => sum + spend, 0n);
  // Calls from before the finding opened are in its sums, but their models are not remembered.
  const total = lead.observed > known ? lead.observed : known;
  return {
    events: lead.calls,
    // Copies: the episode goes on, what was told stays.
    event_ids: [...episode.eventIds],
    samples: [...episode.samples],
    top_contributors: spends.slice(0, 5).map(([model, spend]) => ({
      dimension: "model",
      value: model,
      spend: formatUsd(spend),
      share: total === 0n ? 0 : Number((spend * 1_000n) / total) / 1_000,
    })),
  };
}

function templateValues(episode: Episode, lead: Tally, showback: Showback): TemplateValues {
  const money = (pico: Pico | null): string => displayUsd(pico);
  return {
    subject: { ...episode.subject, entity: episode.entity.id },
    showback: {
      team: showback.team,
      service: showback.service,
      cost_center: showback.cost_center,
      environment: showback.environment,
      observed: money(isUnpriced(lead) ? null : lead.observed),
      expected: money(lead.expected),
      excess: money(excessOf(lead)),
      projected_daily: money(projectedDaily(lead)),
      at_detection: money(episode.spendAtDetection),
    },
    detected_after: { events: episode.callsAtDetection },
    evidence: { events: lead.calls },
    facts: lead.facts,
  };
}

function decimal(pico: Pico | null): string | null {
  return pico === null ? null : formatUsd(pico);
}
