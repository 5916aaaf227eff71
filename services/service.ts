import type { Logger } from "pino";
import { createWebhookSink } from "#adapters/alert-sink/webhook.ts";
import { MeterhoundError } from "#core/errors.ts";
import { createDigest, type Digest } from "#core/privacy.ts";
import { consoleRoutes } from "./api/console-routes.ts";
import { createCursors } from "./api/cursor.ts";
import { findingRoutes } from "./api/finding-routes.ts";
import { type FindingStore, openFindingStore } from "./api/finding-store.ts";
import { flowRoutes } from "./api/flow-routes.ts";
import { healthRoutes } from "./api/health-routes.ts";
import { meRoutes } from "./api/me-routes.ts";
import { openApiRoutes } from "./api/openapi-routes.ts";
import { openApi } from "./api/openapi.ts";
import { OPERATIONS } from "./api/operations.ts";
import { identityRoutes } from "./api/identity-routes.ts";
import { showbackRoutes } from "./api/showback-routes.ts";
import { streamRoutes } from "./api/stream-routes.ts";
import { timelineRoutes } from "./api/timeline-routes.ts";
import type { Settings } from "./config.ts";
import { claimDataDir, digestKeyOf, prepareDataDir, releaseDataDir } from "./data-dir.ts";
import { startWorker, type Worker } from "./detect/worker.ts";
import { createFlowTrees } from "./flow/flow.ts";
import { createAuthorize } from "./http/auth.ts";
import { collectRoutes, type Route } from "./http/operation.ts";
import { createServer, isLoopback, listen } from "./http/server.ts";
import { createIdentities } from "./identities/identities.ts";
import { type Accept, createAccept } from "./ingest/accept.ts";
import { startIntake } from "./ingest/intake.ts";
import { otlpRoutes } from "./ingest/otlp-routes.ts";
import { ingestRoutes } from "./ingest/routes.ts";
import { createTake } from "./ingest/take.ts";
import { countAccepted, createMetrics } from "./metrics.ts";
import { createNotifier } from "./notify/notifier.ts";
import { fingerprintOf, SHIPPED_RULES } from "./rules/load.ts";
import { openRuleSets, type RuleSets } from "./rules/rule-sets.ts";
import { watchRules } from "./rules/watch.ts";
import { createShowback } from "./showback/showback.ts";
import { loadSite, type Site } from "./site.ts";
import { createTimeline } from "./timeline/timeline.ts";
import { openPorts, type Ports } from "./wiring.ts";

export const SERVICE_ROLES = ["ingest", "detect", "api", "notify"] as const;
export type ServiceRole = (typeof SERVICE_ROLES)[number];

/** The running service. */
export interface Service {
  address: string;
  ports: Ports;
  accept: Accept;
  digest: Digest;
  findings: FindingStore;
  /** Everything it answers. */
  routes: readonly Route[];
  /** Reads the rule files again: another set takes effect as a whole, or what is wrong with it is logged. */
  reloadRules(): void;
  /** Entries of the log folded by this process. */
  folded(): number;
  /** Rejects where detection or the list of findings cannot go on. */
  failed: Promise<never>;
  /** Finishes what runs, stores the state, lets go of the data directory. */
  stop(): Promise<void>;
}

/**
 * Starts the given roles in this process on the embedded engine. Everything that can be wrong
 * (configuration, rules, site files, directory, port) is said before anything listens.
 */
export async function startService(
  settings: Settings,
  roles: readonly ServiceRole[],
  log: Logger,
  now: () => number,
): Promise<Service> {
  const { api, data_dir: dir } = settings;
  if (!isLoopback(api.host) && api.tokens.length === 0) {
    throw new MeterhoundError("MH_CONFIG_OPEN_LISTEN", { host: api.host });
  }
  const path = settings.rules.dir ?? SHIPPED_RULES;
  const seen = fingerprintOf(path);
  const rules = openRuleSets(path, settings.impact, log);
  const site = await loadSite(settings);
  prepareDataDir(dir);
  claimDataDir(dir, null);
  const closers: Closer[] = [async () => releaseDataDir(dir)];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) {
      // What fails to close must not keep the rest open.
      await Promise.resolve(close()).catch((error: unknown) =>
        log.error({ event: "service.close_failed", err: error }),
      );
    }
    log.info({ event: "service.stopped" });
  };
  try {
    const running = await startRoles({ settings, roles, rules, site, log, now, closers });
    // The rules shipped belong to the running code: newer ones come with a restart.
    if (settings.rules.dir !== null) {
      const endWatch = watchRules(path, seen, running.reloadRules);
      closers.push(async () => endWatch());
    }
    const { digest } = rules.current();
    log.info({
      event: "service.started",
      address: running.address,
      roles,
      data_dir: dir,
      rules: digest,
    });
    return { ...running, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Start {
  settings: Settings;
  roles: readonly ServiceRole[];
  rules: RuleSets;
  site: Site;
  log: Logger;
  now: () => number;
  /** What was opened, to be closed in reverse. */
  closers: Closer[];
}

type Closer = () => Promise<void>;

async function startRoles(start: Start): Promise<Omit<Service, "stop">> {
  const { settings, roles, rules, site, log, now, closers } = start;
  const { api, data_dir: dir } = settings;
  const key = settings.digest_key ?? digestKeyOf(dir);
  const digest = createDigest(key);
  const ports = await openPorts(settings, log);
  closers.push(ports.close);
  const findings = await openFindingStore(ports.findingLog, now);
  closers.push(findings.stop);
  const sinks = roles.includes("notify")
    ? settings.webhooks.map((endpoint) => createWebhookSink(endpoint, now))
    : [];
  const notifier = createNotifier(sinks, log);
  closers.push(async () => notifier.stop());
  findings.subscribe((entry, finding) => notifier.notify(entry, finding));

  let worker: Worker | null = null;
  const metrics = createMetrics({
    partitions: () => worker?.partitions() ?? [],
    notify: notifier.counts,
    findings,
    rules,
  });
  const accept = countAccepted(createAccept(ports.usageLog, ports.quarantine, site), metrics);
  const authorize = createAuthorize(api.tokens);
  const app = createServer(log);
  // Before routes are collected: its pages are no part of the API.
  if (roles.includes("api")) await consoleRoutes(app);
  const routes = collectRoutes(app);
  if (roles.includes("ingest")) {
    const take = createTake(accept, authorize, digest, now);
    ingestRoutes(app, take);
    otlpRoutes(app, take, authorize);
    if (ports.intake) closers.push(startIntake(ports.intake, accept, digest, now, log));
  }
  if (roles.includes("api")) {
    const cursors = createCursors(key);
    const identities = createIdentities(ports.series, findings, site.ownership.directory);
    findingRoutes(app, findings, authorize, cursors, now);
    identityRoutes(app, identities, authorize, cursors, now);
    streamRoutes(app, findings, authorize);
    timelineRoutes(app, createTimeline(ports.series, findings, now), authorize);
    flowRoutes(app, createFlowTrees(ports.usageLog, findings, now), authorize);
    showbackRoutes(app, createShowback(ports.usageLog, findings.all, site, now), authorize);
    meRoutes(app, authorize);
  }
  const readiness = () => ({
    usage_log: "ok" as const,
    detect: !roles.includes("detect") || worker ? ("ok" as const) : ("starting" as const),
    series: worker?.partitions().some((partition) => partition.isSeriesFailing())
      ? ("degraded" as const)
      : ("ok" as const),
  });
  healthRoutes(app, readiness, metrics);
  openApiRoutes(app, openApi(OPERATIONS));

  const address = await listen(app, api.host, api.port);
  closers.push(() => app.close());
  claimDataDir(dir, address);
  if (roles.includes("detect")) {
    worker = await startWorker(rules, ports, log, { now, monotonic: () => performance.now() });
    // Stopped after the server, which is the first to go.
    closers.splice(-1, 0, worker.stop);
  }
  return {
    address,
    ports,
    accept,
    digest,
    findings,
    routes,
    reloadRules() {
      if (!rules.reload()) return;
      worker
        ?.announceRules()
        .catch((error: unknown) => log.error({ event: "rules.failed", err: error }));
    },
    folded: () => worker?.partitions().reduce((sum, { folded }) => sum + folded(), 0) ?? 0,
    failed: Promise.race([findings.failed, ...(worker ? [worker.failed] : [])]),
  };
}
