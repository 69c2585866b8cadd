// Tells everybody in this process what was committed, in order: stream readers and those who wait for one decision.

export type StoredEvent = {
  position: number;
  organizationId: string;
  type: string;
  change: string;
  agentId: string | null;
  at: number;
  /** JSON text, written once however many read it. */
  subject: string;
};

export type Hub = {
  /** The position of the last event that was told. */
  readonly head: number;
  tell(events: readonly StoredEvent[]): void;
  /** Returns how to stop listening. */
  listen(listener: (event: StoredEvent) => void): () => void;
  /** Resolves when `id` was decided, expired or otherwise changed, or after `milliseconds`, or when `signal` aborts. */
  changeOf(id: string, milliseconds: number, signal: AbortSignal): Promise<void>;
  touch(id: string): void;
};

export function createHub(start: number): Hub {
  const listeners = new Set<(event: StoredEvent) => void>();
  const waiting = new Map<string, Set<() => void>>();
  let head = start;

  function touch(id: string): void {
    for (const wake of waiting.get(id) ?? []) wake();
  }

  return {
    get head() {
      return head;
    },
    tell(events) {
      for (const event of events) {
        if (event.position <= head) continue;
        head = event.position;
        for (const listener of listeners) listener(event);
        if (waiting.size > 0 && event.type === 'approval') touch((JSON.parse(event.subject) as { id: string }).id);
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    changeOf: (id, milliseconds, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          waiters.delete(done);
          if (waiters.size === 0) waiting.delete(id);
          resolve();
        };
        const waiters = waiting.get(id) ?? new Set();
        waiting.set(id, waiters.add(done));
        const timer = setTimeout(done, milliseconds);
        signal.addEventListener('abort', done);
        if (signal.aborted) done();
      }),
    touch,
  };
}
