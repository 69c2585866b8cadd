// Tells people what waits and what was decided: at least once, again after failures, and by one of several instances.

import type { Channel } from '../../notify/channels.ts';
import type { Message } from '../../notify/message.ts';
import { send } from '../../notify/send.ts';
import type { MessageTable } from '../database/tables/verifications.ts';
import type { Services } from '../services.ts';
import { writeDue } from './due.ts';

const EVERY = 1000;
const AT_ONCE = 20;
/** Nobody else takes a message that is being sent; after a crash it is taken again. */
const LEASE = 60_000;
const PAUSES = [2000, 10_000, 60_000, 300_000];
const KEPT = 7 * 24 * 60 * 60_000;

export type Notifier = { round(): Promise<void>; stop(): Promise<void> };

export function startNotifier(services: Services, channels: readonly Channel[]): Notifier {
  let running: Promise<void> | null = null;
  const round = (): Promise<void> => {
    running ??= work(services, channels)
      // A database that is away, or a full disk: the next round finds the same again.
      .catch(() => undefined)
      .finally(() => {
        running = null;
      });
    return running;
  };
  const timer = channels.length === 0 ? null : setInterval(() => void round(), EVERY);
  timer?.unref();
  return {
    round,
    async stop() {
      if (timer !== null) clearInterval(timer);
      await running;
    },
  };
}

async function work(services: Services, channels: readonly Channel[]): Promise<void> {
  await writeDue(services, channels);
  const { queries } = services;
  const now = services.clock();
  const due = await queries
    .selectFrom('messages')
    .selectAll()
    .where('deliveredAt', 'is', null)
    .where('failedAt', 'is', null)
    .where('dueAt', '<=', now)
    .orderBy('dueAt')
    .limit(AT_ONCE)
    .execute();
  await Promise.all(due.map((message) => deliver(services, channels, message)));
  await queries
    .deleteFrom('messages')
    .where('createdAt', '<', now - KEPT)
    .execute();
}

async function deliver(services: Services, channels: readonly Channel[], message: MessageTable): Promise<void> {
  const { queries, clock, stopping } = services;
  const set = (values: Partial<MessageTable>) =>
    queries.updateTable('messages').set(values).where('id', '=', message.id).execute();
  const attempts = message.attempts + 1;
  const { numUpdatedRows } = await queries
    .updateTable('messages')
    .set({ dueAt: clock() + LEASE, attempts })
    .where('id', '=', message.id)
    .where('dueAt', '=', message.dueAt)
    .where('deliveredAt', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return; // another instance has it
  const channel = channels.find(({ name }) => name === message.channel);
  if (channel === undefined) return void (await set({ failedAt: clock(), problem: 'the channel is not configured any more' }));
  if (await isStale(services, message)) return void (await set({ failedAt: clock(), problem: 'it no longer waits' }));
  try {
    await send(channel, JSON.parse(message.body) as Message, { to: message.address, signal: stopping });
    await set({ deliveredAt: clock(), problem: null });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const dueAt = clock() + (PAUSES[Math.min(attempts, PAUSES.length) - 1] ?? 0);
    await set(dueAt >= message.expiresAt ? { failedAt: clock(), problem } : { dueAt, problem });
  }
}

/** Nobody is called to a request that was decided meanwhile. */
async function isStale({ queries }: Services, { id, subject }: MessageTable): Promise<boolean> {
  if (!/^(requested|expiring|escalated|nudged):/.test(id)) return false;
  const row = await queries.selectFrom('verifications').select('status').where('id', '=', subject).executeTakeFirst();
  return row?.status !== 'pending';
}
