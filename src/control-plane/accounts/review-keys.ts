// The keys that sign a reviewer's receipts: one for each machine, added by who has just proved who they are, and revoked for good.

import { createHash } from 'node:crypto';
import type { Actor } from '../audit/draft.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { ReviewKeyTable } from '../database/tables/people.ts';
import { conflict, forbidden } from '../refusal.ts';
import { timeView } from '../views/time.ts';

/** A further key is worth as much as the first: a session of this morning, or a stolen one, adds none. */
const FRESH_SECONDS = 15 * 60;
const MOST = 20;

/** Nothing happens where it is registered already. @throws Refusal 403 or 409: revoked, somebody else's, or one more without a fresh sign-in. */
export async function registerKey(change: Change, person: UserPrincipal, actor: Actor, publicKey: string): Promise<void> {
  const { queries, now } = change;
  const known = await queries
    .selectFrom('reviewKeys')
    .selectAll()
    .where('organizationId', '=', person.organizationId)
    .where((eb) => eb.or([eb('userId', '=', person.id), eb('publicKey', '=', publicKey)]))
    .execute();
  const same = known.find((key) => key.publicKey === publicKey);
  if (same !== undefined && same.userId !== person.id)
    throw conflict('reviewKeyTaken', 'This key is registered for somebody else; one key does not sign for two people');
  if (same !== undefined && same.revokedAt !== null)
    throw conflict('reviewKeyRevoked', 'This key was revoked; sign in again to make another (aim login)');
  if (same !== undefined) return;
  const own = known.filter(({ isReset }) => isReset === 0);
  if (own.length > 0 && now - (person.provedAt ?? 0) > FRESH_SECONDS * 1000)
    throw forbidden(
      'freshSignInRequired',
      'You have signed with another key before: to add the one of this machine, sign in anew on it (aim login)',
      { maxAgeSeconds: FRESH_SECONDS, signedInAt: timeView(person.provedAt) },
    );
  if (own.filter(({ revokedAt }) => revokedAt === null).length >= MOST)
    throw conflict('tooManyReviewKeys', `At most ${MOST} keys are registered for one person; revoke one first`);
  await queries
    .insertInto('reviewKeys')
    .values({
      publicKey,
      organizationId: person.organizationId,
      userId: person.id,
      registeredAt: now,
      revokedAt: null,
      revokedByName: null,
      isReset: 0,
    })
    .execute();
  await showNewest(change, person.id);
  tell(change, person.organizationId, actor, 'register-key', person.id, { publicKey });
}

/** `which` is one of them, or `all`, after which the next key needs no proof. How many were revoked. */
export async function revokeKeys(
  change: Change,
  { organizationId, userId }: { organizationId: string; userId: string },
  actor: Actor & { userName?: string | null },
  which: { id: string } | 'all',
): Promise<number> {
  const { queries, now } = change;
  const keys = await keysOf(queries, userId);
  const ended = keys.filter((key) => key.organizationId === organizationId && (which === 'all' || idOf(key) === which.id));
  const set = { revokedAt: now, revokedByName: actor.userName ?? null };
  for (const key of ended) {
    if (key.revokedAt === null || which === 'all')
      await queries
        .updateTable('reviewKeys')
        .set({ ...(key.revokedAt === null ? set : {}), ...(which === 'all' ? { isReset: 1 as const } : {}) })
        .where('organizationId', '=', organizationId)
        .where('publicKey', '=', key.publicKey)
        .execute();
    if (key.revokedAt === null)
      tell(change, organizationId, actor, 'revoke-key', userId, { publicKey: key.publicKey, reset: which === 'all' });
  }
  await showNewest(change, userId);
  return ended.length;
}

/** Oldest first, the revoked ones among them. */
export const keysOf = (queries: Queries, userId: string): Promise<ReviewKeyTable[]> =>
  queries.selectFrom('reviewKeys').selectAll().where('userId', '=', userId).orderBy('registeredAt').execute();

/** Short, and free of signs that an address could not hold. */
export const idOf = ({ publicKey }: Pick<ReviewKeyTable, 'publicKey'>): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

export const keyView = (key: ReviewKeyTable) => ({
  id: idOf(key),
  publicKey: key.publicKey,
  registeredAt: timeView(key.registeredAt),
  revokedAt: timeView(key.revokedAt),
  revokedBy: key.revokedByName,
});

/** Lists of people show one key: the newest that holds. */
async function showNewest({ queries, now }: Change, userId: string): Promise<void> {
  const newest = (await keysOf(queries, userId)).findLast(({ revokedAt }) => revokedAt === null);
  const set = { reviewKey: newest?.publicKey ?? null, reviewKeyAt: newest?.registeredAt ?? null, updatedAt: now };
  await queries.updateTable('users').set(set).where('id', '=', userId).execute();
}

function tell(
  { audit, publish }: Change,
  organizationId: string,
  actor: Actor,
  action: string,
  userId: string,
  metadata: Record<string, unknown>,
): void {
  audit(actor, { organizationId, action, resourceType: 'user', resourceId: userId, metadata });
  publish({ organizationId, type: 'settings', change: 'updated', subject: { reviewKeysOf: userId } });
}
