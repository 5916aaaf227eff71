import type { EventProblem } from "#core/event-check.ts";
import type { Io } from "./command.ts";

/** Tells of lines that could not be read: the first few as they come, the rest counted by code. */
export interface ProblemReport {
  add(file: string, index: number, problem: EventProblem): void;
  summarise(): void;
}

const MOST_SHOWN = 5;

export function createProblemReport(stream: Io["stderr"]): ProblemReport {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    add(file, index, { code, path, message }) {
      total += 1;
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (total > MOST_SHOWN) return;
      stream.write(`${file}:${index + 1}: ${code}${path && ` at ${path}`}: ${message}\n`);
    },
    summarise() {
      if (total === 0) return;
      const parts = [...counts].map(([code, count]) => `${count} × ${code}`);
      const lines = total === 1 ? "1 line was" : `${total} lines were`;
      stream.write(`${lines} not understood: ${parts.join(", ")}\n`);
    },
  };
}
