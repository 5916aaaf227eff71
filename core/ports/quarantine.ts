/** A payload that could not be understood: why, and what may be kept of it. */
export interface Quarantined {
  /** Wall clock, RFC 3339. */
  received: string;
  source: string;
  tenant: string | null;
  /** Place in its batch or file, from 0. */
  index: number;
  code: string;
  path: string;
  message: string;
  /** Bytes of the original. */
  size: number;
  /** The record with every unknown string of 32 characters or more replaced by length and digest. */
  record: string;
}

/** Where refused payloads wait for somebody to look at them. */
export interface Quarantine {
  put(records: readonly Quarantined[]): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<Quarantined[]>;
  close(): Promise<void>;
}
