// On PostgreSQL, reads the stream back in order as any instance commits: woken by NOTIFY, and by a clock for those that are missed.

import type { Services } from '../services.ts';
import type { StoredEvent } from './hub.ts';
import { eventsAfter } from './log.ts';

export type Follower = {
  /** What this instance committed itself. It is read back only where another one committed in between. */
  committed(events: readonly StoredEvent[]): void;
  stop(): Promise<void>;
};

const LOOK_EVERY = 1000;
const AGAIN_AFTER = 1000;
const PAGE = 1000;

export async function followStream({ queries, hub }: Pick<Services, 'queries' | 'hub'>, location: string): Promise<Follower> {
  const { default: pg } = await import('pg');
  let stopped = false;
  let reading: Promise<void> | null = null;
  let again = false;
  let listener: InstanceType<typeof pg.Client> | null = null;

  async function read(): Promise<void> {
    do {
      again = false;
      for (;;) {
        const events = await eventsAfter(queries, hub.head, PAGE);
        hub.tell(events);
        if (events.length < PAGE) break;
      }
    } while (again && !stopped);
  }
  function wake(): void {
    if (stopped) return;
    again = true;
    reading ??= read()
      .catch(() => undefined) // the database is away; the clock tries again
      .finally(() => {
        reading = null;
      });
  }

  async function listen(): Promise<void> {
    if (stopped) return;
    const client = new pg.Client({ connectionString: location, application_name: 'aim-listener' });
    const retry = (): void => {
      if (listener !== client) return;
      listener = null;
      setTimeout(() => void listen(), AGAIN_AFTER).unref();
    };
    listener = client;
    client.on('notification', ({ payload }) => {
      if (Number(payload) > hub.head) wake();
    });
    client.on('error', retry);
    client.on('end', retry);
    try {
      await client.connect();
      await client.query('listen aim_events');
      wake();
    } catch {
      retry();
    }
  }

  await listen();
  const clock = setInterval(wake, LOOK_EVERY);
  clock.unref();
  return {
    committed(events) {
      const follows = events.every(({ position }, index) => position === hub.head + 1 + index);
      if (follows) hub.tell(events);
      else wake();
    },
    async stop() {
      stopped = true;
      clearInterval(clock);
      const client = listener;
      listener = null;
      await client?.end().catch(() => undefined);
      await reading;
    },
  };
}
