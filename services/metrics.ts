import { Counter, Gauge, Registry } from "prom-client";
import type { Accept } from "./ingest/accept.ts";
import type { RunningPartition } from "./detect/partition.ts";
import type { NotifyCounts } from "./notify/notifier.ts";
import type { RuleSets } from "./rules/rule-sets.ts";
import type { FindingStore } from "./api/finding-store.ts";

/** The service's own figures, read when somebody asks. */
export interface Observables {
  partitions(): readonly RunningPartition[];
  notify(): NotifyCounts;
  findings: FindingStore;
  rules: RuleSets;
}

export function createMetrics({ partitions, notify, findings, rules }: Observables): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge("meterhound_folded_entries", "Entries of the usage log folded so far.", () =>
    partitions().reduce((sum, { folded }) => sum + folded(), 0),
  );
  gauge("meterhound_fold_failures", "Entries the fold had to pass over.", () =>
    partitions().reduce((sum, { failures }) => sum + failures(), 0),
  );
  gauge("meterhound_series_unwritten", "Rollup windows the series store has not got yet.", () =>
    partitions().reduce((sum, { unwritten }) => sum + unwritten(), 0),
  );
  gauge("meterhound_rules_refused", "1 while the rule files hold what cannot be used.", () =>
    Number(rules.isRefused()),
  );
  new Gauge({
    name: "meterhound_findings",
    help: "Findings by severity and status.",
    labelNames: ["severity", "status"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { severity, status } of findings.all()) this.inc({ severity, status });
    },
  });
  new Gauge({
    name: "meterhound_webhooks",
    help: "Webhook messages by outcome since the start, and those still waiting.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      for (const [outcome, count] of Object.entries(notify())) this.set({ outcome }, count);
    },
  });
  return registry;
}

/** Counts what comes in, by what became of it. */
export function countAccepted(accept: Accept, registry: Registry): Accept {
  const events = new Counter({
    name: "meterhound_ingested_events_total",
    help: "Events received, by what became of them.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const quarantined = new Counter({
    name: "meterhound_quarantined_events_total",
    help: "Events refused, by code.",
    labelNames: ["code"],
    registers: [registry],
  });
  return async (items, origin, now, format) => {
    const answer = await accept(items, origin, now, format);
    events.inc({ outcome: "accepted" }, answer.accepted);
    events.inc({ outcome: "duplicate" }, answer.duplicates);
    for (const { code } of answer.quarantined) quarantined.inc({ code });
    return answer;
  };
}
