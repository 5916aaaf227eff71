import { describe, expect, it, onTestFinished } from "vitest";
import { type Arrival, type IntakeOptions, runIntake } from "#adapters/nats/intake.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { until } from "#test/support/until.ts";
import { describeOnNats, onNats } from "./nats-installation.ts";
import { opened } from "./opened.ts";

describeOnNats("intake", (host) => {
  async function connection(): Promise<Nats> {
    const { nats } = await opened(onNats(host, () => ({ close: () => Promise.resolve() })));
    return nats();
  }

  /** Runs an intake until the test ends. */
  function start(nats: Nats, options: IntakeOptions): AbortController {
    const stop = new AbortController();
    const running = runIntake(nats, options, stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
    });
    return stop;
  }

  const send = (nats: Nats, tenant: string, gateway: string, body: string): Promise<unknown> =>
    nats.js.publish(nats.names.subject("usage", "in", tenant, gateway), body);

  const waiting = async (nats: Nats): Promise<number> =>
    (await nats.jsm.streams.info(nats.names.usageIn)).state.messages;

  describe("what gateways publish", () => {
    it("is handed on with the names of its subject, and leaves the queue once handled", async () => {
      const nats = await connection();
      await send(nats, "acme", "edge-1", '{"tenant":"victim"}');
      const arrivals: Arrival[] = [];
      start(nats, { handle: async (arrival) => void arrivals.push(arrival) });
      await send(nats, "globex", "edge-2", "later");
      await until("both to be handled", async () => (await waiting(nats)) === 0);
      expect(
        arrivals.map(({ tenant, gateway, body }) => [tenant, gateway, body.toString()]),
      ).toEqual([
        ["acme", "edge-1", '{"tenant":"victim"}'],
        ["globex", "edge-2", "later"],
      ]);
    });

    it("stays in the queue and comes again where handling failed", async () => {
      const nats = await connection();
      let tries = 0;
      const postponed: string[] = [];
      start(nats, {
        async handle() {
          tries += 1;
          if (tries === 1) throw new Error("the log is away");
        },
        onPostponed: (_, reason) => void postponed.push(reason),
      });
      await send(nats, "acme", "edge-1", "x");
      await until("the second try", () => tries === 2);
      await until("the queue to be empty", async () => (await waiting(nats)) === 0);
      expect(postponed).toEqual(["the log is away"]);
    });

    it("is shared among processes, each arrival for one of them", async () => {
      const nats = await connection();
      const seen: string[] = [];
      const handle = async ({ body }: Arrival): Promise<void> => void seen.push(body.toString());
      start(nats, { handle, parallel: 2 });
      start(nats, { handle, parallel: 2 });
      for (let i = 0; i < 60; i++) await send(nats, "acme", "edge-1", String(i));
      await until("all to be handled", async () => (await waiting(nats)) === 0);
      expect(seen.map(Number).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 60 }, (_, i) => i),
      );
    });
  });
});
