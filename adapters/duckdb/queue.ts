/** Runs one task after the other, in the order they came. */
export interface Queue {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Tasks that wait or run. */
  length(): number;
}

export function createQueue(): Queue {
  let tail: Promise<unknown> = Promise.resolve();
  let length = 0;
  return {
    run(task) {
      length += 1;
      const result = tail.then(task).finally(() => {
        length -= 1;
      });
      // The next task starts whether or not this one failed; its caller hears of the failure.
      tail = result.catch(() => undefined);
      return result;
    },
    length: () => length,
  };
}

/** Runs a task while it holds every queue: nothing else of them runs meanwhile. */
export async function holdAll<T>(queues: readonly Queue[], task: () => Promise<T>): Promise<T> {
  const [first, ...rest] = queues;
  return first ? first.run(() => holdAll(rest, task)) : task();
}
