import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Logger } from "pino";
import { messageOf, MeterhoundError } from "#core/errors.ts";
import { badRequest, handleProblems, MAX_BODY_BYTES, sendProblem } from "./problem.ts";

/** An HTTP server that hands bodies to its routes as bytes, whatever their Content-Type says. */
export function createServer(log: Logger): FastifyInstance {
  const app = Fastify({
    loggerInstance: log.child({ part: "http" }, { level: "warn" }),
    bodyLimit: MAX_BODY_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    // Ids of senders stand in paths: as long as ingest lets them be.
    routerOptions: { maxParamLength: 1_024 },
    frameworkErrors: (error, _, reply) => {
      void sendProblem(reply, badRequest(error));
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
  app.addHook("onSend", async (_, reply) => {
    reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store");
  });
  handleProblems(app as unknown as FastifyInstance);
  return app as unknown as FastifyInstance;
}

/** Listens and returns the address. Throws MH_PORT_IN_USE. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const problem = messageOf(error);
    throw new MeterhoundError("MH_PORT_IN_USE", { host, port, problem }, { cause: error });
  }
}

/** True for names and addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
