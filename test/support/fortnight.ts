import type { UsageEvent } from "#core/event.ts";
import { usageEvent } from "./events.ts";
import { createRandom, type Random } from "./random.ts";

export const FORTNIGHT_START = Date.parse("2026-09-21T00:00:00Z");
const HOUR = 3_600_000;
const DAYS = 14;
const TENANTS = ["acme", "globex", "initech"];
const SERVICES = ["chat", "search", "triage"];

/**
 * Two weeks of three tenants with steady services, in order of time, and what should be found: a
 * surge of one service, a runaway flow and loops of several lengths in each tenant. About 26,000
 * events, all from one seed.
 */
export function fortnight(seed: number): UsageEvent[] {
  const random = createRandom(seed);
  const events: UsageEvent[] = [];
  for (const [t, tenant] of TENANTS.entries()) {
    for (const service of SERVICES) {
      const surge = service === "chat" ? (9 + t) * 24 + 13 : Infinity;
      for (let hour = 0; hour < DAYS * 24; hour++) {
        const isSurge = hour >= surge && hour < surge + 4;
        steadyHour(events, random, {
          tenant,
          service,
          hour,
          calls: isSurge ? 120 : 6 + random.below(4),
        });
      }
    }
    for (let n = 0; n < 6; n++) loopAt(events, random, tenant, n);
    runaway(events, random, tenant, 5 + t);
    lastWord(events, tenant);
  }
  return events.toSorted((a, b) =>
    a.time === b.time ? (a.id < b.id ? -1 : 1) : a.time < b.time ? -1 : 1,
  );
}

interface Hour {
  tenant: string;
  service: string;
  hour: number;
  calls: number;
}

function steadyHour(
  events: UsageEvent[],
  random: Random,
  { tenant, service, hour, calls }: Hour,
): void {
  for (let i = 0; i < calls; i++) {
    const at = FORTNIGHT_START + hour * HOUR + random.below(HOUR);
    events.push(
      call(`${tenant}-${service}-${hour}-${i}`, at, tenant, service, {
        flow: { trace: `${tenant}-${service}-${hour}-${i}` },
        cost: { amount: `0.${100 + random.below(900)}`, currency: "USD", basis: "reported" },
      }),
    );
  }
}

function loopAt(events: UsageEvent[], random: Random, tenant: string, n: number): void {
  const start = FORTNIGHT_START + (24 + random.below(DAYS * 24 - 48)) * HOUR + random.below(HOUR);
  const session = `${tenant}-loop-${n}`;
  for (let i = 0; i < 4 + 6 * n; i++) {
    events.push(
      call(`${session}-${i}`, start + i * 15_000, tenant, "triage", {
        flow: { session, agent: "worker" },
        content: { prompt_digest: "p", result_digest: "r" },
      }),
    );
  }
}

/** Ends a tenant's stream with what opens a finding: once it is there, everything before it was folded. */
function lastWord(events: UsageEvent[], tenant: string): void {
  const session = `${tenant}-last`;
  for (let i = 0; i < 3; i++) {
    const at = FORTNIGHT_START + DAYS * 24 * HOUR + (i + 1) * 15_000;
    events.push(
      call(`${session}-${i}`, at, tenant, "triage", {
        flow: { session, agent: "worker" },
        content: { prompt_digest: "p", result_digest: "r" },
      }),
    );
  }
}

function runaway(events: UsageEvent[], random: Random, tenant: string, day: number): void {
  const session = `${tenant}-runaway`;
  const start = FORTNIGHT_START + day * 24 * HOUR + random.below(HOUR);
  for (let i = 0; i < 200; i++) {
    events.push(
      call(`${session}-${i}`, start + i * 700, tenant, "search", {
        flow: { session, agent: "crawler" },
      }),
    );
  }
}

function call(
  id: string,
  at: number,
  tenant: string,
  service: string,
  more: Partial<UsageEvent>,
): UsageEvent {
  const base = usageEvent({
    id,
    time: new Date(at).toISOString(),
    tenant,
    identity: { id: `svc-${service}`, credential: `fp-${tenant}-${service}` },
    attribution: { service },
    cost: { amount: "0.25" },
  });
  return { ...base, ...more };
}
