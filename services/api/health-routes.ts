import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { z } from "zod";
import { describedBy, json, type Operation } from "../http/operation.ts";

/** Each thing the service works with, and how it is; a degraded one costs comfort, not findings. */
export type Readiness = () => Record<string, "ok" | "starting" | "degraded">;

export const READ_HEALTH = {
  method: "GET",
  path: "/healthz",
  summary: "Says that the process lives.",
  right: null,
  answer: json("It does.", z.strictObject({ status: z.literal("ok") })),
} satisfies Operation;

export const READ_READINESS = {
  method: "GET",
  path: "/readyz",
  summary: "Says that the process can do its work; 503 while it cannot yet.",
  right: null,
  answer: json(
    "It can; `degraded` costs comfort, not findings.",
    z.strictObject({
      status: z.enum(["ready", "degraded"]),
      checks: z.record(z.string(), z.enum(["ok", "starting", "degraded"])),
    }),
  ),
} satisfies Operation;

export const READ_METRICS = {
  method: "GET",
  path: "/metrics",
  summary: "The service's own figures, for Prometheus.",
  right: null,
  answer: { status: 200, description: "The figures.", content: { "text/plain": null } },
} satisfies Operation;

/** `/healthz` says the process lives, `/readyz` that it can do its work, `/metrics` how it fares. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness, metrics: Registry): void {
  app.get(READ_HEALTH.path, describedBy(READ_HEALTH), () => ({ status: "ok" }));
  app.get(READ_READINESS.path, describedBy(READ_READINESS), (_, reply) => {
    const checks = readiness();
    const states = Object.values(checks);
    if (states.includes("starting")) return reply.code(503).send({ status: "not ready", checks });
    return { status: states.includes("degraded") ? "degraded" : "ready", checks };
  });
  app.get(READ_METRICS.path, describedBy(READ_METRICS), async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
