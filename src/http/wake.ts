// Notices that the machine slept: the clock on the wall went on, the one that counts waiting did not, or a timer came much too late.

export type WakeOptions = { everyMs?: number; wall?: () => number };

/** @returns how to stop. What was connected before a sleep is dead on the other side, and says nothing of it for a long time. */
export function onWake(listener: () => void, { everyMs = 1000, wall = Date.now }: WakeOptions = {}): () => void {
  let last = wall();
  const timer = setInterval(() => {
    const now = wall();
    // A busy machine is late too; a connection is given up only for what no load explains.
    if (now - last > everyMs + SLEPT) listener();
    last = now;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

const SLEPT = 10_000;
