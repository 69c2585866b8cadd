// Finds what people have to be told, from what the database holds, and writes each message once: nothing is lost with a crash in between.

import type { Channel } from '../../notify/channels.ts';
import { type Message, messageOf, type Occasion } from '../../notify/message.ts';
import { heldUntil } from '../../notify/quiet.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import type { MessageTable, VerificationTable, WaitTable } from '../database/tables/verifications.ts';
import type { Services } from '../services.ts';
import { waitsOf } from '../verification/waits.ts';
import { peopleFor } from './people.ts';

type Due = { occasion: Occasion; row: VerificationTable; id: string; endsAt: number; to: 'reviewers' | 'requesters' };

/** How many are looked at in one round; the next round sees the others. */
const AT_ONCE = 500;
/** More new requests than this in one round are told as one message. */
const TOGETHER = 20;
const ENDS_SOON = 5 * 60_000;
/** A decision can be taken back so long; who hears of it earlier hears too much. */
const SETTLED_AFTER = 10_000;
const DECIDED_WITHIN = 60 * 60_000;
const TOLD_WITHIN = 24 * 60 * 60_000;

export async function writeDue(services: Services, channels: readonly Channel[]): Promise<void> {
  const now = services.clock();
  const due = [...(await ofWaiting(services, now)), ...(await ofDecided(services, now))];
  const known = await knownOf(services, due);
  const fresh = due.filter(({ id }) => !known.has(id));
  const requested = fresh.filter(({ occasion }) => occasion === 'requested');
  const together = requested.length > TOGETHER;
  for (const each of fresh) {
    const isQuiet = together && each.occasion === 'requested';
    await write(services, channels, each, isQuiet ? null : messageFor(services, each, now), now);
  }
  const [first] = requested;
  if (together && first !== undefined) {
    const id = `many:${first.row.id}`;
    const told = { id, occasion: 'many', verificationId: null, riskLevel: null, waitsUntil: null, at: now } as const;
    const message = messageOf({ ...told, waiting: requested.length, publicUrl: services.publicUrl });
    await write(services, channels, { ...first, id }, message, now);
  }
}

async function ofWaiting({ queries }: Services, now: number): Promise<Due[]> {
  const rows = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('status', '=', 'pending')
    .where('expiresAt', '>', now)
    .orderBy('requestedAt')
    .limit(AT_ONCE)
    .execute();
  const waits = rows.length === 0 ? new Map<string, WaitTable>() : await waitsOf(queries, rows);
  const groups = new Set<string>();
  return rows.flatMap((row) => {
    const group = `${row.organizationId} ${row.groupKey ?? row.id}`;
    // The same again is one thing to look at.
    const isFirst = !groups.has(group);
    groups.add(group);
    const nudgedAt = waits.get(row.id)?.nudgedAt ?? null;
    const soon = Math.min(ENDS_SOON, (row.expiresAt - row.requestedAt) / 3);
    const about = (occasion: Occasion, word = ''): Due => ({
      occasion,
      row,
      id: `${occasion}:${row.id}${word}`,
      endsAt: row.expiresAt,
      to: 'reviewers',
    });
    return [
      ...(isFirst ? [about('requested')] : []),
      ...(isFirst && row.expiresAt - now <= soon ? [about('expiring')] : []),
      ...(row.escalatedAt === null ? [] : [about('escalated')]),
      ...(nudgedAt === null ? [] : [about('nudged', `:${nudgedAt}`)]),
    ];
  });
}

async function ofDecided({ queries }: Services, now: number): Promise<Due[]> {
  const rows = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('requirement', 'is not', null)
    .where('decidedAt', '>', now - DECIDED_WITHIN)
    .where('decidedAt', '<=', now - SETTLED_AFTER)
    .where('status', 'in', ['approved', 'denied', 'expired'])
    .limit(AT_ONCE)
    .execute();
  return rows.map((row) => {
    const occasion = row.status as 'approved' | 'denied' | 'expired';
    return { occasion, row, id: `${occasion}:${row.id}:${row.decidedAt}`, endsAt: now + TOLD_WITHIN, to: 'requesters' };
  });
}

async function knownOf({ queries }: Services, due: readonly Due[]): Promise<ReadonlySet<string>> {
  if (due.length === 0) return new Set();
  const subjects = [...new Set(due.map(({ row }) => row.id))];
  const rows = await queries.selectFrom('messages').select('id').where('subject', 'in', subjects).execute();
  // Its id is that of what it tells, its channel, and who gets it.
  return new Set(rows.map(({ id }) => id.split('|')[0] ?? ''));
}

function messageFor({ publicUrl }: Services, { id, occasion, row, to }: Due, at: number): Message {
  const riskLevel = row.riskLevel as RiskLevel;
  const waitsUntil = to === 'reviewers' ? row.expiresAt : null;
  return messageOf({ id, occasion, verificationId: row.id, riskLevel, waitsUntil, publicUrl, at });
}

/** One row for each channel and each who is written to; none to send where the message is null, so that it counts as told. */
async function write(
  services: Services,
  channels: readonly Channel[],
  due: Due,
  message: Message | null,
  now: number,
): Promise<void> {
  const wanted = message === null ? [] : channels.filter((channel) => channel.for.includes(due.to));
  const people = wanted.some(({ type }) => type === 'smtp') ? await peopleFor(services, due.row, due.to) : [];
  const shared = { organizationId: due.row.organizationId, subject: due.row.id, body: JSON.stringify(message), createdAt: now };
  const rows: MessageTable[] = [
    { channel: '', address: null, dueAt: now },
    ...wanted.flatMap((channel) => copies(channel, people, due, now)),
  ].map(({ channel, address, dueAt }) => ({
    ...shared,
    id: `${due.id}|${channel}|${address ?? ''}`,
    channel,
    address,
    dueAt,
    expiresAt: due.endsAt,
    attempts: 0,
    // The row of no channel says that it was thought of.
    deliveredAt: channel === '' ? now : null,
    failedAt: null,
    problem: null,
  }));
  await services.queries
    .insertInto('messages')
    .values(rows)
    .onConflict((row) => row.column('id').doNothing())
    .execute();
}

type Copy = { channel: string; address: string | null; dueAt: number };

/** A channel that keeps still now has it later: what no longer waits by then is not told at all. */
function copies({ name, type, quiet }: Channel, people: readonly string[], { occasion }: Due, now: number): Copy[] {
  const dueAt = heldUntil(quiet, occasion, now) ?? now;
  return type === 'smtp'
    ? people.map((address) => ({ channel: name, address, dueAt }))
    : [{ channel: name, address: null, dueAt }];
}
