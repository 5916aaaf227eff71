import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UsageEvent } from "#core/event.ts";
import { notVerified } from "#test/contract/opened.ts";
import { startTestService, storedEvents, type TestService } from "#test/support/service.ts";
import { findLitellm, HOW_TO_GET_LITELLM } from "./litellm-sdk.ts";

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL("send_litellm.py", import.meta.url));
const TOKEN = "l".repeat(20);
const FORMATS = ["json_array", "ndjson", "single"];

const python = findLitellm();

if (python === null) {
  it("a real LiteLLM SDK", (test) => {
    test.skip(notVerified("interop/LiteLLM", HOW_TO_GET_LITELLM));
    expect(python).not.toBeNull();
  });
} else {
  describe.each(FORMATS)("a real LiteLLM SDK that sends %s", (format) => {
    const eventsOf = (status: string): UsageEvent[] =>
      events.filter(
        ({ identity, outcome }) =>
          identity?.owner === `${format}@example.com` && outcome?.status === status,
      );

    it("has its calls attributed to the key, its owner and its team", () => {
      const calls = eventsOf("ok");
      expect(calls).toHaveLength(3);
      for (const call of calls) {
        expect(call).toMatchObject({
          tenant: "acme",
          source: "litellm",
          identity: { id: "support-bot", type: "api_key", credential: "fp-interop" },
          attribution: { team: "care" },
          network: { ip: "198.51.100.7" },
        });
      }
    });

    it("has its calls priced as the gateway reports it, without the noise of its doubles", () => {
      for (const call of eventsOf("ok")) {
        expect(call.cost).toEqual({ amount: "0.000225", currency: "USD", basis: "reported" });
        expect(call.usage).toMatchObject({ input_tokens: 10, output_tokens: 20 });
        expect(call.model).toMatchObject({ provider: "openai", served: "gpt-4o" });
      }
    });

    it("has its failed call kept as one that was throttled", () => {
      expect(eventsOf("throttled")).toEqual([
        expect.objectContaining({
          outcome: expect.objectContaining({ error_class: "rate_limited" }),
        }),
      ]);
    });
  });

  describe("what a real LiteLLM SDK sends", () => {
    it("is counted by detection, every event once", async () => {
      await running.folded(4 * FORMATS.length);
      expect(events).toHaveLength(4 * FORMATS.length);
    });

    it("leaves no word of what was said in the log", () => {
      expect(JSON.stringify(events)).not.toMatch(/interop (question|answer)/);
      const digests = new Set(events.map(({ content }) => content?.prompt_digest));
      expect(digests.size).toBe(4);
    });
  });
}

let running: TestService;
let events: UsageEvent[];

beforeAll(async () => {
  if (python === null) return;
  running = await startTestService({
    tokens: [{ name: "litellm", token: TOKEN, roles: ["ingest"], tenants: ["acme"] }],
  });
  const endpoint = `${running.service.address}/v1/ingest/litellm`;
  await run(python, [SCRIPT, endpoint, TOKEN, ...FORMATS], {
    // No look-up of prices over the network.
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: "True" },
  });
  events = [...(await storedEvents(running)).values()];
}, 120_000);
afterAll(() => running?.stop());
