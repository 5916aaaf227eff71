import { usage } from "./command.ts";

/** The one argument a command takes. Throws MH_USAGE. */
export function oneArgument(positionals: readonly string[], problem: string): string {
  const [value, ...more] = positionals;
  if (value === undefined || more.length > 0) throw usage(problem);
  return value;
}
