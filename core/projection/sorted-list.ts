/** Items kept in order with each change: a place in it is found by bisection, not by sorting again. */
export interface SortedList<T> {
  insert(item: T): void;
  /** Takes out the item that compares equal. */
  remove(item: T): void;
  /** Items behind a place, whether or not something stands there; null: from the beginning. */
  after(place: T | null): Iterable<T>;
}

/** `compare` must tell any two items apart. */
export function createSortedList<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): SortedList<T> {
  const sorted = items.toSorted(compare);
  /** The first index whose item does not stand before `item`. */
  const indexOf = (item: T): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(sorted[middle]!, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const isAt = (index: number, item: T): boolean =>
    index < sorted.length && compare(sorted[index]!, item) === 0;
  return {
    insert: (item) => void sorted.splice(indexOf(item), 0, item),
    remove(item) {
      const index = indexOf(item);
      if (isAt(index, item)) sorted.splice(index, 1);
    },
    *after(place) {
      let index = place === null ? 0 : indexOf(place);
      if (place !== null && isAt(index, place)) index += 1;
      for (; index < sorted.length; index++) yield sorted[index]!;
    },
  };
}
