import { MeterhoundError } from "#core/errors.ts";
import { partitionToken } from "./subjects.ts";

/** What streams, buckets and subjects of one installation are called. */
export interface Names {
  usageIn: string;
  usage: string;
  findings: string;
  quarantine: string;
  snapshots: string;
  leases: string;
  checkpoints: string;
  config: string;
  /** The durable consumer through which ingest takes what gateways publish. */
  intake: string;
  /** A subject of this installation. */
  subject(...tokens: readonly string[]): string;
  /** Subject of a partition of the usage log; every tenant of it where none is given. */
  usageSubject(partition: number, tenantToken?: string): string;
}

/** Names under a prefix, so that installations and tests can share a server. Without a prefix: the plain names. */
export function natsNames(prefix: string): Names {
  if (!/^[A-Za-z0-9_-]{0,32}$/.test(prefix)) {
    const problem = `the NATS prefix ${JSON.stringify(prefix)} is not [A-Za-z0-9_-]{0,32}`;
    throw new MeterhoundError("MH_USAGE", { problem });
  }
  const name = (what: string): string => (prefix === "" ? what : `${prefix}_${what}`);
  const subject = (...tokens: readonly string[]): string =>
    (prefix === "" ? tokens : [prefix, ...tokens]).join(".");
  return {
    usageIn: name("USAGE_IN"),
    usage: name("USAGE"),
    findings: name("FINDINGS"),
    quarantine: name("QUARANTINE"),
    snapshots: name("SNAPSHOTS"),
    leases: name("LEASES"),
    checkpoints: name("CHECKPOINTS"),
    config: name("CONFIG"),
    intake: name("INTAKE"),
    subject,
    usageSubject: (partition, tenantToken = "*") =>
      subject("usage", "log", partitionToken(partition), tenantToken),
  };
}
