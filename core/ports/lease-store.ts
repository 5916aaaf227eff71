/** The right to fold one partition, for a while. */
export interface Lease {
  partition: number;
  /** Rises with every new owner; what is written under a lower one is refused. */
  fence: number;
}

/** Who folds which partition. A lease ends by itself when it is not renewed. */
export interface LeaseStore {
  /** How long a lease lives without renewal, in milliseconds. */
  readonly ttl: number;
  /** Takes a free partition; null where somebody holds it. */
  acquire(partition: number): Promise<Lease | null>;
  /** Renews the lease; false where it is lost: its holder must stop. Throws where the store cannot be reached. */
  renew(lease: Lease): Promise<boolean>;
  /** Gives the partition free at once, where it is still held. */
  release(lease: Lease): Promise<void>;
  /** Says that this worker lives, and answers how many do (this one included), by announcements not older than the ttl. */
  announce(): Promise<number>;
  close(): Promise<void>;
}
