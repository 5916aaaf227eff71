import { existsSync } from "node:fs";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { projectFile } from "../project-file.ts";

const FOLDER = projectFile("dist/console");

/** The console's own paths: all of them are its one page, which reads the address itself. */
const PAGES = ["/", "/findings/:id", "/timeline", "/flows/:id"];

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const NOT_BUILT =
  "The console is not built. Run `npm run console` in Meterhound's folder and reload.\n";

/** Serves the web console from `folder`; where it is not built, its pages say how to build it. */
export async function consoleRoutes(app: FastifyInstance, folder = FOLDER): Promise<void> {
  const isBuilt = existsSync(`${folder}/index.html`);
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: `${folder}/assets`,
      prefix: "/assets/",
      index: false,
      // Their names change with their content.
      maxAge: "365d",
      immutable: true,
    });
  }
  const answer = (reply: FastifyReply): FastifyReply => {
    reply
      .header("cache-control", "no-cache")
      .header("content-security-policy", POLICY)
      .header("referrer-policy", "no-referrer");
    if (isBuilt) return reply.sendFile("index.html", folder, { cacheControl: false });
    return reply.code(503).type("text/plain; charset=utf-8").send(NOT_BUILT);
  };
  for (const path of PAGES) app.get(path, (_, reply) => answer(reply));
}
