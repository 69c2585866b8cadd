// Takes a review back within ten seconds, as long as nothing has come of it: the request waits again, and what was decided stays on record.

import type { UserPrincipal } from '../auth/principal.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { conflict, notFound } from '../refusal.ts';
import type { Origin } from '../route.ts';
import { count } from '../store/counters.ts';
import { approvalView, eventView, grantView } from '../views/verification.ts';
import { partsOf, UNDO_WITHIN } from './parts.ts';
import { waitOf } from './waits.ts';

/** The request as it is then. @throws Refusal 404, or 409 that says why nothing was taken back. */
export async function undo(change: Change, { id, person, origin }: { id: string; person: UserPrincipal; origin: Origin }) {
  const { queries, now } = change;
  const row = await queries
    .selectFrom('verifications')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', person.organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound('Verification not found');
  const mine = await queries
    .selectFrom('reviews')
    .selectAll()
    .where('verificationId', '=', id)
    .where('userId', '=', person.id)
    .where('withdrawnAt', 'is', null)
    .executeTakeFirst();
  const current = async () => ({ current: approvalView(row, await partsOf(queries, row, person)) });
  if (mine === undefined) throw conflict('nothingToUndo', 'You have not reviewed this.', await current());
  const because = now - mine.at > UNDO_WITHIN ? LATE : await whyNot(change, row, person);
  if (because !== null) throw conflict('tooLateToUndo', because, await current());

  await queries.updateTable('reviews').set({ withdrawnAt: now }).where('id', '=', mine.id).execute();
  const wait = await waitOf(queries, row);
  const set: Partial<VerificationTable> = { revision: row.revision + 1 };
  if (row.status !== 'pending') {
    Object.assign(set, {
      status: 'pending',
      decidedBy: null,
      decidedByName: null,
      decidedAt: null,
      grantId: null,
      denialReason: wait.waitReason,
      expiresAt: wait.waitsUntil ?? now,
    } satisfies Partial<VerificationTable>);
    await count(queries, row, row.status, -1);
    await count(queries, row, 'pending');
    await endGrant(change, row, person);
  }
  await queries.updateTable('verifications').set(set).where('id', '=', id).execute();
  const held = { ...row, ...set };
  change.audit(actorOf(person, origin), {
    organizationId: row.organizationId,
    action: 'undo',
    resourceType: 'verification',
    resourceId: row.id,
    agentId: row.agentId,
    agentName: row.agentName,
    metadata: { decision: mine.decision, was: row.status, actionHash: row.actionHash },
  });
  const about = { organizationId: row.organizationId, agentId: row.agentId, change: 'updated' } as const;
  change.publish({ ...about, type: 'approval', subject: approvalView(held, await partsOf(queries, held, null)) });
  if (row.status !== 'pending') change.publish({ ...about, type: 'verification', subject: eventView(held) });
  return approvalView(held, await partsOf(queries, held, person));
}

const LATE = 'A decision can be taken back for ten seconds; they are over.';

/** Why what came of the decision can no longer be taken back, or null. */
async function whyNot({ queries }: Change, row: VerificationTable, person: UserPrincipal): Promise<string | null> {
  if (row.status === 'pending') return null;
  if (row.status !== 'approved' && row.status !== 'denied') return `The request is ${row.status} by now.`;
  if (row.decidedBy !== person.id) return `${row.decidedByName ?? 'Somebody else'} decided it after you.`;
  const used = await queries
    .selectFrom('verifications')
    .select('id')
    .where('grantId', '=', row.grantId ?? '')
    .where('id', '!=', row.id)
    .limit(1)
    .executeTakeFirst();
  if ((await waitOf(queries, row)).toldAt === null && used === undefined) return null;
  return row.status === 'denied'
    ? 'The agent has been told that it was denied.'
    : `The agent has been told already, and may have acted.${row.grantId === null ? '' : ' What is left of the permission can be revoked.'}`;
}

async function endGrant(change: Change, { grantId }: VerificationTable, { email }: UserPrincipal): Promise<void> {
  if (grantId === null) return;
  const { queries, now } = change;
  const ended = await queries
    .updateTable('grants')
    .set({ revokedAt: now, revokedBy: email })
    .where('id', '=', grantId)
    .returningAll()
    .executeTakeFirstOrThrow();
  const { organizationId, agentId } = ended;
  change.publish({ organizationId, type: 'grant', change: 'revoked', agentId, subject: grantView(ended) });
}
