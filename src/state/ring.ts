// The latest records of a stream, in a buffer of a fixed size: the oldest make room, and how many did is known.

export type Ring<Item> = {
  push(item: Item): void;
  /** By sequence number, which counts from 0 for the first ever pushed. Undefined where it was dropped or is yet to come. */
  at(sequence: number): Item | undefined;
  replace(sequence: number, item: Item): void;
  /** Of the oldest that is kept. */
  readonly first: number;
  /** Of the next to come: how many were pushed in all. */
  readonly next: number;
  readonly dropped: number;
  clear(): void;
};

export function createRing<Item>(capacity: number): Ring<Item> {
  let slots: (Item | undefined)[] = [];
  let next = 0;
  let first = 0;
  return {
    push(item) {
      slots[next % capacity] = item;
      next++;
      if (next - first > capacity) first = next - capacity;
    },
    at: (sequence) => (sequence < first || sequence >= next ? undefined : slots[sequence % capacity]),
    replace(sequence, item) {
      if (sequence >= first && sequence < next) slots[sequence % capacity] = item;
    },
    get first() {
      return first;
    },
    get next() {
      return next;
    },
    get dropped() {
      return first;
    },
    clear() {
      slots = [];
      first = next;
    },
  };
}
