// Keeps an embedded control plane alive while somebody uses it: two seconds after the last hold ends, it may go.

export type Holds = {
  readonly count: number;
  /** Returns how to let go. */
  take(): () => void;
};

const AFTER_LAST_MS = 2000;
const IF_NEVER_HELD_MS = 15_000;

export function createHolds(whenUnused: (() => void) | null): Holds {
  let count = 0;
  let timer = whenUnused === null ? undefined : setTimeout(whenUnused, IF_NEVER_HELD_MS);
  timer?.unref();
  return {
    get count() {
      return count;
    },
    take() {
      clearTimeout(timer);
      count += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        count -= 1;
        if (count > 0 || whenUnused === null) return;
        clearTimeout(timer);
        timer = setTimeout(whenUnused, AFTER_LAST_MS);
      };
    },
  };
}
