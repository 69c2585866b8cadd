// The device authorization grant (RFC 8628): a code on the device, a decision in a browser, tokens once.

import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { DeviceCodeTable, UserTable } from '../database/tables/people.ts';
import { notFound, Refusal } from '../refusal.ts';

const LIFETIME = 15 * 60 * 1000;
export const POLL_SECONDS = 5;
// Without vowels and what is taken for something else: no words, no misreading.
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789';

export const hashOfCode = (code: string): string => createHash('sha256').update(code).digest('hex');

export async function newDeviceCode(
  { queries, now }: Change,
  asked: { clientId: string; scope: string | null; requestedFrom: string; userAgent: string | null },
): Promise<{ deviceCode: string; row: DeviceCodeTable }> {
  const deviceCode = randomBytes(40).toString('hex');
  const row: DeviceCodeTable = {
    ...asked,
    deviceCodeHash: hashOfCode(deviceCode),
    userCode: Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
    status: 'pending',
    organizationId: null,
    userId: null,
    createdAt: now,
    expiresAt: now + LIFETIME,
    lastPolledAt: null,
    provedAt: null,
  };
  await queries.insertInto('deviceCodes').values(row).execute();
  return { deviceCode, row };
}

/** As it is shown: `BCDF-2345`. */
export const shownCode = (userCode: string): string => `${userCode.slice(0, 4)}-${userCode.slice(4)}`;

/** @throws Refusal 404 where nobody asked with it, 410 where it is too late. */
export async function byUserCode(queries: Queries, typed: string, now: number): Promise<DeviceCodeTable> {
  const userCode = typed.replace(/[\s-]/g, '').toUpperCase();
  const row = await queries.selectFrom('deviceCodes').selectAll().where('userCode', '=', userCode).executeTakeFirst();
  if (row === undefined) throw notFound('This code is unknown');
  if (row.expiresAt <= now) throw new Refusal(410, 'expired_token', 'This code has expired');
  return row;
}

/** @throws Refusal 400 where it was decided before. */
export async function decideDevice(
  { queries, now }: Change,
  typed: string,
  user: Pick<UserTable, 'id' | 'organizationId'>,
  status: 'approved' | 'denied',
  provedAt: number | null,
): Promise<DeviceCodeTable> {
  const row = await byUserCode(queries, typed, now);
  if (row.status !== 'pending') throw new Refusal(400, 'invalid_request', 'This code was decided already');
  const set = { status, userId: user.id, organizationId: user.organizationId, provedAt };
  await queries.updateTable('deviceCodes').set(set).where('deviceCodeHash', '=', row.deviceCodeHash).execute();
  return { ...row, ...set };
}

export type DevicePoll =
  | { state: 'authorization_pending' | 'slow_down' | 'expired_token' | 'access_denied' }
  | { userId: string; provedAt: number | null };

/** One poll of the device. An approved code yields its person once. @throws Refusal 400 where the code is unknown or used. */
export async function pollDevice({ queries, now }: Change, deviceCode: string): Promise<DevicePoll> {
  const deviceCodeHash = hashOfCode(deviceCode);
  const row = await queries
    .selectFrom('deviceCodes')
    .selectAll()
    .where('deviceCodeHash', '=', deviceCodeHash)
    .executeTakeFirst();
  if (row === undefined) throw oauthRefusal('invalid_request', 'The device code is unknown');
  if (row.status === 'consumed') throw oauthRefusal('invalid_grant', 'The device code was used already');
  if (row.status === 'denied') return { state: 'access_denied' };
  if (row.expiresAt <= now) return { state: 'expired_token' };
  if (row.status === 'pending') {
    // A second of grace: clients measure the pause from the answer, we from the question.
    const tooSoon = row.lastPolledAt !== null && now - row.lastPolledAt < (POLL_SECONDS - 1) * 1000;
    await queries.updateTable('deviceCodes').set({ lastPolledAt: now }).where('deviceCodeHash', '=', deviceCodeHash).execute();
    return { state: tooSoon ? 'slow_down' : 'authorization_pending' };
  }
  const { numUpdatedRows } = await queries
    .updateTable('deviceCodes')
    .set({ status: 'consumed' })
    .where('deviceCodeHash', '=', deviceCodeHash)
    .where('status', '=', 'approved')
    .executeTakeFirst();
  if (numUpdatedRows !== 1n || row.userId === null) throw oauthRefusal('invalid_grant', 'The device code was used already');
  return { userId: row.userId, provedAt: row.provedAt };
}

export const oauthRefusal = (error: string, description: string, status = 400): Refusal =>
  new Refusal(status, error, error, { errorDescription: description, error_description: description });
