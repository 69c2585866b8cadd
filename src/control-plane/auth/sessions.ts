// Sign-ins and the families of tokens that come of them: rotation, reuse, ending (wire-auth §2.3).

import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { SYSTEM } from '../audit/draft.ts';
import type { Change } from '../database/change.ts';
import type { Schema } from '../database/schema.ts';
import type { SessionTable, UserTable } from '../database/tables/people.ts';
import { unauthenticated } from '../refusal.ts';
import type { Origin } from '../route.ts';
import type { Services } from '../services.ts';
import { networkOf } from './rate-limits.ts';
import type { RefreshClaims } from './tokens.ts';

// A sign-in ends after this, however often it was refreshed.
const LONGEST_SESSION = 90 * 24 * 60 * 60 * 1000;

export async function startSession(
  { queries, now }: Change,
  user: Pick<UserTable, 'id' | 'organizationId'>,
  { ip, userAgent }: Origin,
  { endsWithRun = false, provedAt = now }: { endsWithRun?: boolean; provedAt?: number | null } = {},
): Promise<SessionTable> {
  const id = randomUUID();
  const session: SessionTable = {
    id,
    organizationId: user.organizationId,
    userId: user.id,
    startedAt: now,
    expiresAt: now + LONGEST_SESSION,
    endedAt: null,
    endReason: null,
    currentTokenId: id, // the first token of a family carries its name
    currentIssuedAt: now,
    previousTokenId: null,
    lastUsedAt: now,
    userAgent,
    endsWithRun: endsWithRun ? 1 : 0,
    provedAt,
    network: networkOf(ip),
  };
  await queries.insertInto('sessions').values(session).execute();
  await queries.updateTable('users').set({ lastLoginAt: now }).where('id', '=', user.id).execute();
  return session;
}

export type Rotation = { session: SessionTable; user: UserTable; reused: false } | { reused: true; session: SessionTable };

/**
 * Exchanges a refresh token for the next. A token that was already exchanged yields its successor again until that one is
 * used, because aim-sdk 1.21.0 presents it a second time; anything older ends the family.
 */
export async function rotateSession({ queries, now }: Change, claims: RefreshClaims): Promise<Rotation> {
  const session = await queries.selectFrom('sessions').selectAll().where('id', '=', claims.sessionId).executeTakeFirst();
  if (session === undefined) throw unauthenticated('tokenInvalid', 'Invalid refresh token');
  if (session.endedAt !== null) throw unauthenticated('sessionEnded', 'The refresh token was revoked');
  if (session.expiresAt <= now) throw unauthenticated('sessionTooOld', 'Invalid refresh token: sign in again');
  const user = await queries.selectFrom('users').selectAll().where('id', '=', session.userId).executeTakeFirst();
  if (user === undefined) throw unauthenticated('tokenInvalid', 'Invalid refresh token');
  // Matches neither “revoked” nor “invalid”, so that no SDK tries to recover it.
  if (user.status !== 'active') throw unauthenticated('accountNotActive', 'This account is not active');

  if (claims.tokenId === session.previousTokenId) return { session, user, reused: false };
  if (claims.tokenId !== session.currentTokenId) {
    await endSession({ queries, now }, session.id, 'a refresh token was used again');
    return { reused: true, session };
  }
  const next = { currentTokenId: randomUUID(), currentIssuedAt: now, previousTokenId: session.currentTokenId, lastUsedAt: now };
  const { numUpdatedRows } = await queries
    .updateTable('sessions')
    .set(next)
    .where('id', '=', session.id)
    .where('currentTokenId', '=', session.currentTokenId)
    .executeTakeFirst();
  if (numUpdatedRows === 1n) return { session: { ...session, ...next }, user, reused: false };
  // Another instance rotated it in this moment: its successor is ours too.
  const now2 = await queries.selectFrom('sessions').selectAll().where('id', '=', session.id).executeTakeFirstOrThrow();
  return { session: now2, user, reused: false };
}

export async function endSession(
  { queries, now }: Pick<Change, 'queries' | 'now'>,
  id: string,
  reason: string,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable('sessions')
    .set({ endedAt: now, endReason: reason })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** After a crash, the port that our programs still talked to may have been somebody else's: what they sent there is worth nothing. */
export async function endSessionsOfLastRun(queries: Kysely<Schema>, now: number): Promise<void> {
  await queries
    .updateTable('sessions')
    .set({ endedAt: now, endReason: 'the control plane was started anew' })
    .where('endsWithRun', '=', 1)
    .where('endedAt', 'is', null)
    .execute();
}

/**
 * Another program holds the address that our sign-ins were given at: whatever refresh token was sent there since may be in its hands.
 * The files that hold them name that address, so nobody who still has one could have come back with it anyway.
 */
export async function endSessionsOfLostAddress({ changes }: Pick<Services, 'changes'>, port: number): Promise<void> {
  const endReason = 'another program holds the address it was given at';
  await changes.record(async ({ queries, now, audit }) => {
    const ended = await queries
      .updateTable('sessions')
      .set({ endedAt: now, endReason })
      .where('endedAt', 'is', null)
      .returning('organizationId')
      .execute();
    for (const [organizationId, sessions] of Map.groupBy(ended, (each) => each.organizationId))
      audit(SYSTEM, {
        organizationId,
        action: 'revoke',
        resourceType: 'session',
        metadata: { because: endReason, port, sessions: sessions.length },
      });
  });
}
