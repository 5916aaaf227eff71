import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { messageOf } from "#core/errors.ts";
import type { AlertSink, DeliveryOutcome } from "#core/ports/alert-sink.ts";
import { rank, type Severity } from "#core/severity.ts";
import { signWebhook } from "./standard-webhook.ts";

/** A receiver of signed webhooks. */
export interface WebhookEndpoint {
  name: string;
  url: string;
  /** `whsec_` and base64. */
  secret: string;
  /** PEM of the authority that signed the receiver's certificate; null: the system's. */
  ca: string | null;
  min_severity: Severity;
}

const TIMEOUT = 15_000;
const MAX_RETRY_AFTER = 3_600;

/** Signed Standard Webhooks over HTTPS. Only 2xx counts, redirects are not followed, 410 means the endpoint is gone. */
export function createWebhookSink(endpoint: WebhookEndpoint, now: () => number): AlertSink {
  return {
    name: endpoint.name,
    wants: (finding) => rank(finding.severity) >= rank(endpoint.min_severity),
    deliver: ({ id, body }) => {
      const headers = {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": "meterhound",
        ...signWebhook(endpoint.secret, id, Math.floor(now() / 1_000), body),
      };
      return post(endpoint, headers, body);
    },
  };
}

function post(
  { url, ca }: WebhookEndpoint,
  headers: Record<string, string>,
  body: string,
): Promise<DeliveryOutcome> {
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const options = { method: "POST", headers, timeout: TIMEOUT, ...(ca && { ca }) };
    const sent = request(url, options, (response) => {
      response.resume();
      resolve(outcomeOf(response));
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT / 1_000} s`)));
    sent.on("error", (error) => resolve(failed(messageOf(error))));
    sent.end(body);
  });
}

function outcomeOf({ statusCode = 0, headers }: IncomingMessage): DeliveryOutcome {
  if (statusCode >= 200 && statusCode < 300) return { delivered: true };
  const seconds = Number(headers["retry-after"]);
  const retryAfterMs = seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER) * 1_000 : null;
  return { ...failed(`HTTP ${statusCode}`), retryAfterMs, gone: statusCode === 410 };
}

function failed(reason: string): Extract<DeliveryOutcome, { delivered: false }> {
  return { delivered: false, reason, retryAfterMs: null, gone: false };
}
