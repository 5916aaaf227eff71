/** What keys do, by key or by two keys one after the other: `j`, `g q`. */
export type Bindings = Readonly<Record<string, () => void>>;

export interface KeyPress {
  key: string;
  at: number;
  /** Somebody types a text, or holds a modifier. */
  isOccupied: boolean;
}

const SEQUENCE_MS = 1_200;

/** Answers what a key press means under the bindings of the moment, null for nothing. */
export function createKeyReader(): (press: KeyPress, bindings: Bindings) => (() => void) | null {
  let first: { key: string; at: number } | null = null;
  return ({ key, at, isOccupied }, bindings) => {
    if (isOccupied) {
      first = null;
      return null;
    }
    const isPair = first !== null && at - first.at <= SEQUENCE_MS;
    const pair = isPair ? bindings[`${first!.key} ${key}`] : undefined;
    if (pair) {
      first = null;
      return pair;
    }
    const begins = Object.keys(bindings).some((binding) => binding.startsWith(`${key} `));
    first = begins ? { key, at } : null;
    return begins ? null : (bindings[key] ?? null);
  };
}
