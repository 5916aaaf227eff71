import { isDeepStrictEqual } from "node:util";

/**
 * Every field of `wanted` that the server echoes otherwise, as `<name>: <field> is …, wanted …`. An
 * older server leaves out what it does not know without a word, hence field by field.
 */
export function differences(name: string, wanted: object, echoed: object): string[] {
  const found = new Map(Object.entries(echoed));
  return Object.entries(wanted).flatMap(([field, value]) => {
    const actual: unknown = found.get(field) ?? absentValue(value);
    return isDeepStrictEqual(actual, value)
      ? []
      : [`${name}: ${field} is ${JSON.stringify(actual)}, wanted ${JSON.stringify(value)}`];
  });
}

/** The server leaves out what is zero, false or unlimited. */
function absentValue(wanted: unknown): unknown {
  if (wanted === false || wanted === 0) return wanted;
  return undefined;
}

/** True for the oldest version that is supported and later ones; false for what is no version. */
export function isSupportedServer(version: string, floor = "2.12.7"): boolean {
  const numbers = (text: string): number[] => text.split("-")[0]!.split(".").map(Number);
  const [wanted, actual] = [numbers(floor), numbers(version)];
  if (actual.length !== 3 || actual.some((part) => !Number.isInteger(part))) return false;
  for (const [i, part] of wanted.entries()) {
    if (actual[i] !== part) return actual[i]! > part;
  }
  return true;
}
