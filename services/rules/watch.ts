import { SECOND } from "#core/time.ts";
import { fingerprintOf } from "./load.ts";

/**
 * Looks at the rule files under a path again and again and calls back once a change has stood still from
 * one look to the next: files that are being written, and folders that are half copied, are waited for.
 * Looking, unlike the system's notices, also sees mounted volumes and links that are swapped. `seen` is
 * what the files were when they were loaded. Returns a function that ends it.
 */
export function watchRules(
  path: string,
  seen: string,
  onChange: () => void,
  every: number = SECOND,
): () => void {
  let taken = seen;
  let last = seen;
  const timer = setInterval(() => {
    const now = fingerprintOf(path);
    if (now !== taken && now === last) {
      taken = now;
      onChange();
    }
    last = now;
  }, every);
  return () => clearInterval(timer);
}
