/**
 * A list with values at its end, as large as it is long: for small lists of which there are millions.
 * `push` and `[...list, value]` keep room for sixteen more.
 */
export function grown<T>(list: readonly T[], ...values: readonly T[]): T[] {
  return list.concat(values);
}
