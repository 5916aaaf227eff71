/** The state of one partition as it was after folding `sequence`. */
export interface Checkpoint {
  sequence: number;
  /** Who may write: a checkpoint under a lower fence than the stored one is refused. */
  fence: number;
  state: Uint8Array;
}

/** Keeps the newest checkpoints of each partition. */
export interface CheckpointStore {
  /** Stores a checkpoint; `stale` where the stored one has a higher fence or sequence. Durable when resolved. */
  save(partition: number, checkpoint: Checkpoint): Promise<"saved" | "stale">;
  /** The newest checkpoint whose bytes are intact, or null. A damaged one is passed over for the one before it. */
  load(partition: number): Promise<Checkpoint | null>;
  close(): Promise<void>;
}
