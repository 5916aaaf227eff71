import { setTimeout as sleep } from "node:timers/promises";

const EVERY = 20;

/** Asks until there is an answer; fails, naming what was waited for, where none comes in time. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  within = 15_000,
): Promise<T> {
  const deadline = Date.now() + within;
  while (true) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await sleep(EVERY);
  }
}
