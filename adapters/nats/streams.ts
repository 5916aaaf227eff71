import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";
import { DAY, HOUR, MINUTE } from "#core/time.ts";
import { natsNames } from "./names.ts";

/** What an installation may choose about its streams. Storage, retention and denials are fixed for life. */
export interface StreamSettings {
  prefix: string;
  replicas: number;
  /** Bytes on disk for all streams together, shared out between them. */
  maxBytes: number;
  /** Days the usage log is kept. */
  usageDays: number;
  /** How long a lease lives without renewal, in milliseconds. */
  leaseTtl: number;
}

export const DEFAULT_STREAMS: StreamSettings = {
  prefix: "",
  replicas: 1,
  maxBytes: 10 * 1024 ** 3,
  usageDays: 30,
  leaseTtl: 15_000,
};

/** A stream as asked for: the fields the server must echo. */
export type WantedStream = Partial<StreamConfig> & { name: string; subjects: string[] };

/** The largest message, one event at its largest included. */
export const MAX_MESSAGE = 256 * 1024;

const KV_BYTES = 16 * 1024 ** 2;

/** Every stream of an installation, key-value buckets included, which are streams by another name. */
export function wantedStreams(settings: StreamSettings): WantedStream[] {
  const { replicas, maxBytes, usageDays, leaseTtl } = settings;
  const names = natsNames(settings.prefix);
  const { subject } = names;
  const share = (percent: number): number => Math.floor((maxBytes / 100) * percent);
  const common = { storage: StorageType.File, num_replicas: replicas };
  const evidence = {
    ...common,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    allow_rollup_hdrs: false,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
  };
  const bucket = (name: string, history: number, ttl = 0): WantedStream => ({
    ...common,
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_msgs_per_subject: history,
    max_age: nanos(ttl),
    max_bytes: KV_BYTES,
    allow_rollup_hdrs: true,
    deny_delete: true,
    // Only the leader knows the newest revision, so no other replica may answer.
    allow_direct: false,
    duplicate_window: nanos(ttl === 0 ? 2 * MINUTE : Math.min(ttl, 2 * MINUTE)),
  });
  return [
    {
      ...common,
      name: names.usageIn,
      subjects: [subject("usage", "in", "*", "*")],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_bytes: share(10),
      max_msg_size: MAX_MESSAGE,
      duplicate_window: nanos(10 * MINUTE),
    },
    {
      ...evidence,
      name: names.usage,
      subjects: [subject("usage", "log", "*", "*")],
      max_bytes: share(60),
      max_age: nanos(usageDays * DAY),
      max_msg_size: MAX_MESSAGE,
      duplicate_window: nanos(10 * MINUTE),
    },
    {
      // No limit per subject: with `discard: new` it would delete the oldest entry without a word.
      ...evidence,
      name: names.findings,
      subjects: [subject("finding", ">")],
      max_bytes: share(10),
      max_age: nanos(400 * DAY),
      max_msgs_per_subject: -1,
      duplicate_window: nanos(2 * MINUTE),
    },
    {
      // What cannot be understood must never keep good events out, hence the oldest goes.
      ...evidence,
      name: names.quarantine,
      subjects: [subject("quarantine", "*", "*")],
      discard: DiscardPolicy.Old,
      max_bytes: share(5),
      max_age: nanos(30 * DAY),
      duplicate_window: nanos(2 * MINUTE),
    },
    {
      ...common,
      name: names.snapshots,
      subjects: [subject("snapshot", "*", "*")],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      max_bytes: share(14),
      deny_delete: true,
      deny_purge: false,
      allow_direct: true,
      duplicate_window: nanos(2 * MINUTE),
    },
    bucket(names.leases, 1, leaseTtl),
    bucket(names.checkpoints, 5),
    bucket(names.config, 10),
  ];
}

/** The consumer through which all ingest processes take what gateways publish, each message once. */
export function wantedIntake(prefix: string): Partial<ConsumerConfig> & { durable_name: string } {
  return {
    durable_name: natsNames(prefix).intake,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(2 * MINUTE),
    max_deliver: -1,
    max_ack_pending: 1_000,
  };
}

/** How tenants are spread: changing either means new streams and a cut-over. */
export interface Topology {
  partitions: number;
  hash: string;
}

/** The hash `partitionOf` computes, by name. */
export const PARTITION_HASH = "fnv1a32-utf8";

/** How far behind the stored time an event's own time may be searched: nothing further ahead is let in. */
export const STORE_TIME_SLACK = 24 * HOUR;
