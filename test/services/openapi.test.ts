import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openApi } from "#services/api/openapi.ts";
import { OPERATIONS } from "#services/api/operations.ts";
import { type Answer, startTestService, type TestService } from "#test/support/service.ts";

let running: TestService;
let answer: Answer;

beforeAll(async () => {
  running = await startTestService();
  answer = await running.call("GET", "/openapi.json");
});
afterAll(() => running.stop());

const document = openApi(OPERATIONS);
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

describe("the description of the API", () => {
  it("is an OpenAPI 3.1 document, served as it is generated", () => {
    expect(answer.json).toEqual(JSON.parse(JSON.stringify(document)));
    expect(answer.json["openapi"]).toBe("3.1.0");
  });

  it("has every route of the service, and nothing else", () => {
    const registered = running.service.routes.map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`,
    );
    expect(described.toSorted()).toEqual(registered.toSorted());
  });

  it("is tied to the very routes it describes", () => {
    for (const { method, path, operation } of running.service.routes) {
      expect(operation?.path.replace(/\{(\w+)\}/g, ":$1"), `${method} ${path}`).toBe(path);
      expect(operation?.method).toBe(method);
    }
  });

  it("names each operation once", () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => (operation as { operationId: string }).operationId),
    );
    expect(new Set(ids).size).toBe(OPERATIONS.length);
    expect(ids).toContain("postFindingsIdNotes");
  });

  it("refers to nothing that is not in it", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    expect(text).not.toMatch(/"\$ref":"(?!#\/components\/schemas\/\w+")/);
  });

  it("describes every parameter of every path", () => {
    for (const { path, params = {} } of OPERATIONS) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params)).toEqual(named);
    }
  });

  it("asks for a token wherever one is needed", async () => {
    const open = OPERATIONS.filter(({ right }) => right === null).map(({ path }) => path);
    expect(open).toEqual(["/healthz", "/readyz", "/metrics", "/openapi.json"]);
    const guarded = await startTestService({
      tokens: [{ name: "nobody", token: "nothing", roles: [], tenants: null }],
    });
    for (const { method, path, right } of OPERATIONS) {
      const url = path.replace(/\{\w+\}/g, "x");
      const { status } = await guarded.call(method, url, { token: "nothing" });
      expect(`${method} ${url} ${status}`).toBe(`${method} ${url} ${right === null ? 200 : 403}`);
    }
    await guarded.stop();
  });
});
