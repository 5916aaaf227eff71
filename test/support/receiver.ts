import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const OPENSSL = "openssl";

export interface Certificate {
  key: string;
  cert: string;
}

export interface Received {
  headers: Record<string, string>;
  body: string;
}

/** An HTTPS endpoint as a customer would run one. */
export interface Receiver {
  url: string;
  received: Received[];
  stop(): Promise<void>;
}

/** What the receiver answers to its n-th request, from 0. */
export type Answering = (
  n: number,
  request: Received,
) => { status: number; headers?: Record<string, string> };

/** True where the machine can make a certificate. */
export function hasOpenssl(): boolean {
  try {
    execFileSync(OPENSSL, ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A certificate for 127.0.0.1 that vouches for itself. */
export function makeCertificate(dir: string): Certificate {
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const subject = ["-subj", "/CN=receiver", "-addext", "subjectAltName=IP:127.0.0.1"];
  const form = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
  ];
  execFileSync(OPENSSL, [...form, "-days", "2", "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

export async function startReceiver(
  certificate: Certificate,
  answering: Answering = () => ({ status: 204 }),
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(certificate, (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const got = { headers: flat(request.headers), body };
      received.push(got);
      const { status, headers } = answering(received.length - 1, got);
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/hook`,
    received,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
