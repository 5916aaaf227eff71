import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

/** Each thing the service works with, and how it is; a degraded one costs comfort, not findings. */
export type Readiness = () => Record<string, "ok" | "starting" | "degraded">;

/** `/healthz` says the process lives, `/readyz` that it can do its work, `/metrics` how it fares. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness, metrics: Registry): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", (_, reply) => {
    const checks = readiness();
    const states = Object.values(checks);
    if (states.includes("starting")) return reply.code(503).send({ status: "not ready", checks });
    return { status: states.includes("degraded") ? "degraded" : "ready", checks };
  });
  app.get("/metrics", async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
