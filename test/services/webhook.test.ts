import pino from "pino";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createWebhookSink, type WebhookEndpoint } from "#adapters/alert-sink/webhook.ts";
import type { Finding } from "#core/finding/finding.ts";
import type { FindingEntry } from "#core/finding/finding-log.ts";
import { createFindingProjection } from "#core/projection/findings.ts";
import { createNotifier, type Notifier } from "#services/notify/notifier.ts";
import {
  type Answering,
  type Certificate,
  hasOpenssl,
  makeCertificate,
  type Received,
  type Receiver,
  startReceiver,
} from "#test/support/receiver.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";
import { startTestService } from "#test/support/service.ts";
import { loop, ndjson, START } from "#test/support/traffic.ts";
import { until } from "#test/support/until.ts";
import { usageEvent } from "#test/support/events.ts";

const SECRET = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
const OTHER = `whsec_${Buffer.from("another secret of enough bytes!!").toString("base64")}`;
const SILENT = pino({ level: "silent" });
const LADDER = [10, 10, 10];

/** A loop that opens low, grows to high, and is over; then a second one that stays low. */
const EVENTS = [
  ...loop("grows"),
  ...loop("small", { at: START + 3_600_000, times: 3 }),
  usageEvent({ id: "much-later", time: new Date(START + 9 * 3_600_000).toISOString() }),
];

const scratch = makeScratch();
let certificate: Certificate;
let told: { entry: FindingEntry; finding: Finding }[];

/** What the service itself wrote to its finding log for these events. */
beforeAll(async () => {
  if (!hasOpenssl()) return;
  certificate = makeCertificate(scratch);
  const running = await startTestService();
  await running.send(ndjson(EVENTS));
  await running.folded(EVENTS.length);
  const placed = await until("both findings to close", async () => {
    const entries = await running.service.ports.findingLog.read(0, 100);
    return entries.filter(({ entry }) => entry.kind === "closed").length === 2 && entries;
  });
  await running.stop();
  const projection = createFindingProjection();
  told = placed.map(({ entry }) => ({ entry, finding: projection.apply(entry)! }));
});
afterAll(() => removeScratch(scratch));

async function receiver(answering?: Answering): Promise<Receiver> {
  const started = await startReceiver(certificate, answering);
  onTestFinished(() => started.stop());
  return started;
}

function endpoint(url: string, changes: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    name: "pager",
    url,
    secret: SECRET,
    ca: certificate.cert,
    min_severity: "info",
    ...changes,
  };
}

/** Delivers what was told to one endpoint, retrying after moments instead of minutes. */
function deliver(
  to: WebhookEndpoint,
  entries = told,
  ladder: readonly number[] = LADDER,
): Notifier {
  const notifier = createNotifier([createWebhookSink(to, Date.now)], SILENT, ladder);
  onTestFinished(() => notifier.stop());
  for (const { entry, finding } of entries) notifier.notify(entry, finding);
  return notifier;
}

const settled = (notifier: Notifier): Promise<unknown> =>
  until("every message to be delivered or given up", () => notifier.counts().waiting === 0);

function verify(
  { body, headers }: Received,
  secret = SECRET,
): { type: string; timestamp: string; data: Finding } {
  return new Webhook(secret).verify(body, headers) as {
    type: string;
    timestamp: string;
    data: Finding;
  };
}

const ofFinding = (receiving: Receiver, id: string): Received[] =>
  receiving.received.filter(({ body }) => (JSON.parse(body) as { data: Finding }).data.id === id);

describe.skipIf(!hasOpenssl())("webhooks (need openssl on PATH for a certificate)", () => {
  it("tell a receiver over HTTPS of an opened, an updated and a closed finding, signed by the standard", async () => {
    const receiving = await receiver();
    const running = await startTestService({ webhooks: [endpoint(receiving.url)] });
    onTestFinished(() => running.stop());
    await running.send(ndjson(EVENTS));
    await until("every message", () => receiving.received.length === told.length);
    const messages = receiving.received.map((got) => verify(got));
    expect(new Set(messages.map(({ type }) => type))).toEqual(
      new Set(["finding.opened", "finding.updated", "finding.closed"]),
    );
    for (const { data, timestamp } of messages) {
      expect(data).toMatchObject({ tenant: "acme", family: "prompt-loop", status: "new" });
      expect(Date.parse(timestamp)).not.toBeNaN();
    }
    const ids = receiving.received.map(({ headers }) => String(headers["webhook-id"]));
    expect(ids.toSorted()).toEqual(told.map(({ entry }) => entry.id).toSorted());
  });

  it("do not verify under another secret", async () => {
    const receiving = await receiver();
    await settled(deliver(endpoint(receiving.url, { secret: OTHER })));
    const [first] = receiving.received;
    expect(() => verify(first!)).toThrow("signature");
    expect(() => verify(first!, OTHER)).not.toThrow();
    expect(() => verify({ ...first!, body: first!.body.replace("low", "high") }, OTHER)).toThrow(
      "signature",
    );
  });

  it("refuse a receiver whose certificate nobody vouches for", async () => {
    const receiving = await receiver();
    const notifier = deliver(endpoint(receiving.url, { ca: null }), told.slice(0, 1));
    await settled(notifier);
    expect(receiving.received).toEqual([]);
    expect(notifier.counts()).toMatchObject({
      delivered: 0,
      given_up: 1,
      failed: LADDER.length + 1,
    });
  });

  it("come again with the same id and body after a failure", async () => {
    const receiving = await receiver((n) => ({ status: n === 0 ? 500 : 200 }));
    const notifier = deliver(endpoint(receiving.url), told.slice(0, 1));
    await settled(notifier);
    const [first, second, ...more] = receiving.received;
    expect(more).toEqual([]);
    expect(second!.body).toBe(first!.body);
    expect(second!.headers["webhook-id"]).toBe(first!.headers["webhook-id"]);
    expect(() => verify(second!)).not.toThrow();
    expect(notifier.counts()).toMatchObject({ delivered: 1, failed: 1, given_up: 0 });
  });

  it("wait as long as Retry-After asks", async () => {
    const receiving = await receiver((n) => ({
      status: n === 0 ? 503 : 200,
      headers: { "retry-after": "1" },
    }));
    const started = Date.now();
    await settled(deliver(endpoint(receiving.url), told.slice(0, 1)));
    expect(receiving.received).toHaveLength(2);
    expect(Date.now() - started).toBeGreaterThanOrEqual(950);
  });

  it("are given up after the last attempt, and do not hold the next message for ever", async () => {
    const bad = told[0]!.entry.id;
    const receiving = await receiver((_, { headers }) => ({
      status: headers["webhook-id"] === bad ? 500 : 200,
    }));
    const same = told.filter(({ finding }) => finding.id === told[0]!.finding.id);
    const notifier = deliver(endpoint(receiving.url), same);
    await settled(notifier);
    const expected = [
      ...Array<string>(LADDER.length).fill(bad),
      ...same.map(({ entry }) => entry.id),
    ];
    expect(receiving.received.map(({ headers }) => headers["webhook-id"])).toEqual(expected);
    expect(notifier.counts()).toMatchObject({ given_up: 1, delivered: same.length - 1 });
  });

  it("stop for good when the receiver says that it is gone", async () => {
    const receiving = await receiver(() => ({ status: 410 }));
    const notifier = deliver(endpoint(receiving.url), told.slice(0, 1));
    await settled(notifier);
    for (const { entry, finding } of told) notifier.notify(entry, finding);
    await settled(notifier);
    expect(receiving.received).toHaveLength(1);
    expect(notifier.counts()).toMatchObject({ delivered: 0, given_up: 1 });
  });

  it("do not follow a redirect", async () => {
    const elsewhere = await receiver();
    const receiving = await receiver(() => ({ status: 307, headers: { location: elsewhere.url } }));
    const notifier = deliver(endpoint(receiving.url), told.slice(0, 1), []);
    await settled(notifier);
    expect(receiving.received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
    expect(notifier.counts()).toMatchObject({ delivered: 0, given_up: 1 });
  });

  it("keep the order of one finding, and let another finding overtake a failing one", async () => {
    const slow = told[0]!.finding.id;
    let failures = 0;
    const receiving = await receiver((_, { body }) => {
      const isSlow = (JSON.parse(body) as { data: Finding }).data.id === slow;
      return { status: isSlow && failures++ < 2 ? 500 : 200 };
    });
    await settled(deliver(endpoint(receiving.url), told, [150, 150, 150]));
    const kinds = ofFinding(receiving, slow).map((got) => verify(got));
    const distinct = kinds.filter(
      (message, i) => message.data.revision !== kinds[i - 1]?.data.revision,
    );
    expect(distinct.map(({ data }) => data.revision)).toEqual(distinct.map((_, i) => i + 1));
    expect(distinct.at(-1)?.type).toBe("finding.closed");
    const order = receiving.received.map((got) => verify(got).data.id);
    expect(order.lastIndexOf(told.at(-1)!.finding.id)).toBeLessThan(order.lastIndexOf(slow));
  });

  it("are sent from the wanted severity on", async () => {
    const receiving = await receiver();
    await settled(deliver(endpoint(receiving.url, { min_severity: "high" })));
    const wanted = told
      .filter(({ finding }) => finding.severity === "high")
      .map(({ entry }) => entry.id);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.length).toBeLessThan(told.length);
    expect(receiving.received.map(({ headers }) => headers["webhook-id"])).toEqual(wanted);
  });

  it("hold no more than what the API shows", async () => {
    const receiving = await receiver();
    await settled(deliver(endpoint(receiving.url)));
    const last = new Map(receiving.received.map((got) => [verify(got).data.id, verify(got).data]));
    for (const { finding } of told.filter(({ entry }) => entry.kind === "closed")) {
      expect(last.get(finding.id)).toEqual(finding);
    }
  });
});
