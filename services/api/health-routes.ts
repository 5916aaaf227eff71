import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";

/** One thing the service needs, and whether it is there. */
export type Readiness = () => Record<string, "ok" | "starting" | "failing">;

/** `/healthz` says the process lives, `/readyz` that it can do its work, `/metrics` how it fares. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness, metrics: Registry): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", (_, reply) => {
    const checks = readiness();
    const ready = Object.values(checks).every((state) => state === "ok");
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready", checks });
  });
  app.get("/metrics", async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
