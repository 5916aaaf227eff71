import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consoleRoutes } from "#services/api/console-routes.ts";
import { scratchDir } from "#test/support/scratch.ts";
import { startTestService, type TestService } from "#test/support/service.ts";

let running: TestService;

beforeAll(async () => {
  running = await startTestService({
    tokens: [
      { name: "ana", token: "ana", roles: ["analyst"], tenants: null },
      { name: "vic", token: "vic", roles: ["viewer"], tenants: null },
    ],
  });
});
afterAll(() => running.stop());

describe("the console", () => {
  it.each(["/", "/findings/abc", "/timeline", "/flows/a%2Fb?tenant=acme"])(
    "is one page at %s, for anybody, under a policy that lets nothing else in",
    async (path) => {
      const { status, headers, text } = await running.call("GET", path);
      expect(status).toBe(200);
      expect(headers.get("content-type")).toContain("text/html");
      expect(headers.get("cache-control")).toBe("no-cache");
      const policy = headers.get("content-security-policy")!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
      expect(text).not.toMatch(/<style|<script>|style=|https?:/);
    },
  );

  it("keeps files whose names change with their content for ever", async () => {
    const { text } = await running.call("GET", "/");
    const assets = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThanOrEqual(3);
    for (const path of assets) {
      const { status, headers } = await running.call("GET", path);
      expect(status).toBe(200);
      expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it.each(["/assets/nothing.js", "/assets/../package.json", "/elsewhere"])(
    "has nothing at %s",
    async (path) => {
      expect((await running.call("GET", path)).json).toMatchObject({ code: "MH_API_NOT_FOUND" });
    },
  );

  it("says how it is built where it is not", async () => {
    const app = Fastify();
    await consoleRoutes(app, scratchDir());
    const { statusCode, body } = await app.inject("/timeline");
    expect(statusCode).toBe(503);
    expect(body).toContain("npm run console");
    await app.close();
  });

  it("is told who signs in, and what they may do", async () => {
    const me = async (token: string) => (await running.call("GET", "/api/v1/me", { token })).json;
    expect(await me("ana")).toEqual({ name: "ana", may_triage: true });
    expect(await me("vic")).toEqual({ name: "vic", may_triage: false });
    expect(await me("eve")).toMatchObject({ code: "MH_API_UNAUTHENTICATED" });
  });
});
