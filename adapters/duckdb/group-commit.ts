interface Waiting<T> {
  call: T;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Commits calls in groups: those that come while a commit runs go together into the next one, so the
 * group grows with the load and nobody waits for a timer. A group that fails is tried again call by
 * call, so that one bad call does not take its neighbours down.
 */
export function createGroupCommit<T>(commit: (calls: readonly T[]) => Promise<void>): {
  submit(call: T): Promise<void>;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
} {
  let waiting: Waiting<T>[] = [];
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await commitGroup(group);
    }
    running = null;
  }

  async function commitGroup(group: readonly Waiting<T>[]): Promise<void> {
    try {
      await commit(group.map(({ call }) => call));
    } catch (error) {
      if (group.length === 1) group[0]!.reject(error);
      else for (const one of group) await commitGroup([one]);
      return;
    }
    for (const { resolve } of group) resolve();
  }

  return {
    submit: (call) =>
      new Promise((resolve, reject) => {
        waiting.push({ call, resolve, reject });
        running ??= run();
      }),
    drained: async () => {
      await running;
    },
  };
}
