// How often one caller may do what costs us or guards a secret: fixed windows of a minute, per address and purpose.
// Several instances count together, in the database; a single one counts in memory.

import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { Refusal } from '../refusal.ts';

export type RateLimits = {
  /** Counts one use. @throws Refusal 429 with the seconds to wait. */
  use(purpose: string, caller: string, allowed: number, now: number): Promise<void>;
  /** Only looks, for what is counted when it fails. @throws Refusal 429. */
  check(purpose: string, caller: string, allowed: number, now: number): Promise<void>;
};

/** Of whom an address is, as far as limits go: in IPv6 everybody has 2^64 of them. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const between = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...between, ...after].slice(0, 4).join(':');
}

type Window = { startedAt: number; used: number };
type Windows = {
  add(key: string, now: number): Promise<Window>;
  find(key: string, now: number): Promise<Window>;
};

const WINDOW = 60_000;
const KEPT = 50_000;

export function createRateLimits(windows: Windows = inMemory()): RateLimits {
  return {
    async use(purpose, caller, allowed, now) {
      const window = await windows.add(`${purpose} ${caller}`, now);
      if (window.used > allowed) refuse(window, now);
    },
    async check(purpose, caller, allowed, now) {
      const window = await windows.find(`${purpose} ${caller}`, now);
      if (window.used >= allowed) refuse(window, now);
    },
  };
}

function refuse({ startedAt }: Window, now: number): never {
  const seconds = Math.min(60, Math.max(1, Math.ceil((startedAt + WINDOW - now) / 1000)));
  throw new Refusal(429, 'rateLimited', `Too many requests; try again in ${seconds} s`, {}, seconds);
}

function inMemory(): Windows {
  const windows = new Map<string, Window>();
  function find(key: string, now: number): Window {
    const known = windows.get(key);
    const window = known !== undefined && now - known.startedAt < WINDOW ? known : { startedAt: now, used: 0 };
    windows.delete(key);
    windows.set(key, window);
    if (windows.size > KEPT) windows.delete(windows.keys().next().value ?? '');
    return window;
  }
  return {
    find: async (key, now) => find(key, now),
    async add(key, now) {
      const window = find(key, now);
      window.used += 1;
      return window;
    },
  };
}

/** Windows that all instances of a database share. Old ones are forgotten by the jobs. */
export function windowsIn(queries: Kysely<Schema>): Windows {
  // The caller's words may be long and may be a person's address: only their hash is kept.
  const hashed = (key: string): string => createHash('sha256').update(key).digest('base64url');
  return {
    async add(key, now) {
      return queries
        .insertInto('rateWindows')
        .values({ key: hashed(key), startedAt: now, used: 1 })
        .onConflict((row) =>
          row.column('key').doUpdateSet((eb) => {
            const isOver = eb('rateWindows.startedAt', '<=', now - WINDOW);
            return {
              used: eb
                .case()
                .when(isOver)
                .then(1)
                .else(eb('rateWindows.used', '+', 1))
                .end(),
              startedAt: eb.case().when(isOver).then(now).else(eb.ref('rateWindows.startedAt')).end(),
            };
          }),
        )
        .returning(['startedAt', 'used'])
        .executeTakeFirstOrThrow();
    },
    async find(key, now) {
      const row = await queries
        .selectFrom('rateWindows')
        .select(['startedAt', 'used'])
        .where('key', '=', hashed(key))
        .where('startedAt', '>', now - WINDOW)
        .executeTakeFirst();
      return row ?? { startedAt: now, used: 0 };
    },
  };
}
