// State that keys read: those that arrive before the next render must each begin with what the one before left.

import { useRef, useState } from 'react';

export type LatestState<Value> = {
  /** As it is drawn. */
  readonly value: Value;
  /** As the last key left it. On a busy machine it is ahead of what is drawn, and a key that reads that loses what was typed. */
  latest(): Value;
  set(next: Value): void;
};

export function useLatestState<Value>(initial: () => Value): LatestState<Value> {
  const [value, setValue] = useState(initial);
  const latest = useRef(value);
  return {
    value,
    latest: () => latest.current,
    set(next) {
      latest.current = next;
      setValue(() => next);
    },
  };
}
