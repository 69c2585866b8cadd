// Asks for somebody's attention: reminds those who could review a request, or names one of them. Neither decides anything.

import { sameMailbox } from '../../wire/email.ts';
import { role as roleWord } from '../../wire/session.ts';
import type { Actor } from '../audit/draft.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { conflict, invalid, Refusal } from '../refusal.ts';
import type { Requirement } from '../rules/quorum.ts';
import { couldReview } from '../rules/reviewers.ts';
import { waitOf, writeWait } from './waits.ts';

const NUDGE_EVERY = 60_000;

/** @throws Refusal 409 where it no longer waits, 429 where everybody was reminded a moment ago. */
export async function nudge(change: Change, row: VerificationTable, actor: Actor): Promise<VerificationTable> {
  const { queries, now } = change;
  mustWait(row);
  const { nudgedAt } = await waitOf(queries, row);
  if (nudgedAt !== null && now - nudgedAt < NUDGE_EVERY)
    throw new Refusal(429, 'nudgedAlready', 'The reviewers were reminded less than a minute ago', {}, 60);
  await writeWait(queries, row, { nudgedAt: now });
  record(change, row, actor, 'nudge', {});
  return row;
}

/** @throws Refusal 400 where nobody of that address could review it. */
export async function assign(
  change: Change,
  row: VerificationTable,
  actor: Actor,
  to: string | null,
): Promise<VerificationTable> {
  const { queries, now } = change;
  mustWait(row);
  if (to !== null) await mustReview(change, row, to);
  await writeWait(queries, row, { assignedTo: to, assignedAt: to === null ? null : now });
  record(change, row, actor, 'assign', { to });
  const set = { revision: row.revision + 1 };
  await queries.updateTable('verifications').set(set).where('id', '=', row.id).execute();
  return { ...row, ...set };
}

async function mustReview({ queries }: Change, row: VerificationTable, to: string): Promise<void> {
  const person = await queries
    .selectFrom('users')
    .select(['role', 'groups'])
    .where('organizationId', '=', row.organizationId)
    .where('status', '=', 'active')
    .where((eb) => eb(eb.fn('lower', ['email']), '=', sameMailbox(to)))
    .executeTakeFirst();
  const { groups = [] } = JSON.parse(row.requirement ?? '{}') as Partial<Requirement>;
  const may =
    person !== undefined &&
    couldReview({ role: roleWord.parse(person.role), groups: JSON.parse(person.groups) as string[] }, groups);
  if (!may) throw invalid('to: is no address of somebody who could review this', 'to');
}

function mustWait({ status }: VerificationTable): void {
  if (status !== 'pending') throw conflict('alreadyDecided', `The request was already ${status}.`);
}

function record(change: Change, row: VerificationTable, actor: Actor, action: string, metadata: Record<string, unknown>): void {
  const { organizationId, id, agentId, agentName } = row;
  change.audit(actor, { organizationId, action, resourceType: 'verification', resourceId: id, agentId, agentName, metadata });
}
