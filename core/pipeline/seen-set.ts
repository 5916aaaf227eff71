/**
 * A set of 64-bit keys, each with 32 bits of content, in typed arrays: exact de-duplication of
 * millions of events in twelve bytes each. Open addressing with linear probing; plain data, so that
 * a checkpoint can hold it.
 */
export interface SeenSet {
  size: number;
  /** Three words a slot: key high, key low, content. An empty slot has key 0/0. */
  slots: Uint32Array;
}

const WORDS = 3;
const SMALLEST = 64;
const FULLEST = 0.6;

export function createSeenSet(): SeenSet {
  return { size: 0, slots: new Uint32Array(SMALLEST * WORDS) };
}

/** The content kept under a key, or -1. */
export function contentOf(set: SeenSet, high: number, low: number): number {
  const slot = findSlot(set.slots, high, low);
  return isEmpty(set.slots, slot) ? -1 : set.slots[slot + 2]!;
}

/** Adds a key with its content; the key must not be in the set. */
export function addSeen(set: SeenSet, high: number, low: number, content: number): void {
  if ((set.size + 1) * WORDS > set.slots.length * FULLEST) grow(set);
  put(set.slots, high, low, content);
  set.size += 1;
}

function put(slots: Uint32Array, high: number, low: number, content: number): void {
  const slot = findSlot(slots, high, low);
  slots[slot] = high;
  slots[slot + 1] = low;
  slots[slot + 2] = content;
}

function findSlot(slots: Uint32Array, high: number, low: number): number {
  const count = slots.length / WORDS;
  // The lowest bit says nothing: callers set it to tell a key from an empty slot.
  let index = (low >>> 1) & (count - 1);
  while (true) {
    const slot = index * WORDS;
    if (isEmpty(slots, slot) || (slots[slot] === high && slots[slot + 1] === low)) return slot;
    index = (index + 1) & (count - 1);
  }
}

function isEmpty(slots: Uint32Array, slot: number): boolean {
  return slots[slot] === 0 && slots[slot + 1] === 0;
}

function grow(set: SeenSet): void {
  const old = set.slots;
  set.slots = new Uint32Array(old.length * 2);
  for (let slot = 0; slot < old.length; slot += WORDS) {
    if (!isEmpty(old, slot)) put(set.slots, old[slot]!, old[slot + 1]!, old[slot + 2]!);
  }
}
