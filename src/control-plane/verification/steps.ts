// The extra steps that policy asks of whoever approves, checked here whatever client was used.

import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { DecisionRequest } from '../../wire/requests/verification.ts';
import { SYSTEM } from '../audit/draft.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { forbidden, invalid } from '../refusal.ts';
import { Answer } from '../route.ts';
import type { Requirement } from '../rules/quorum.ts';
import { count } from '../store/counters.ts';
import { timeView } from '../views/time.ts';
import { waitOf, writeWait } from './waits.ts';

const FRESH_SIGN_IN_SECONDS = 15 * 60;
/** After these the code is worth nothing any more: the agent's side gets another one, of three digits; and then the request ends. */
const WRONG_CODES_PER_CODE = 3;
const WRONG_CODES_AT_ALL = 6;

/**
 * An answer where the step failed and that had to be written down, null where all steps are done. The matching code comes last, so that
 * nobody learns whether it was right from a refusal for something else. @throws Refusal 400 or 403.
 */
export async function checkSteps(
  change: Change,
  { steps, freshSignInSeconds = FRESH_SIGN_IN_SECONDS }: Requirement,
  row: VerificationTable,
  { body, person }: { body: DecisionRequest; person: UserPrincipal },
): Promise<Answer | null> {
  for (const step of steps ?? []) {
    // A word that this version does not know is a step that it cannot check.
    if (!KNOWN.has(step)) throw forbidden('unknownStep', `This server cannot check the step ${step} that policy asks for`);
  }
  const asks = (step: string): boolean => steps?.includes(step) ?? false;
  if (asks('fresh-sign-in') && change.now - (person.provedAt ?? 0) > freshSignInSeconds * 1000) {
    throw forbidden(
      'freshSignInRequired',
      `This approval needs a sign-in of the last ${Math.round(freshSignInSeconds / 60)} minutes; sign in again`,
      { maxAgeSeconds: freshSignInSeconds, signedInAt: timeView(person.provedAt) },
    );
  }
  if (asks('interactive') && body.interactive !== true)
    throw forbidden('notInteractive', 'Policy takes this approval from a person at the decision panel only');
  if (asks('reason') && !body.reason) throw invalid('reason: policy asks for one', 'reason');
  if (asks('type-resource') && !isSame(body.confirmResource ?? '', row.resource ?? row.capability))
    throw invalid('confirmResource: is not what the agent asked for', 'confirmResource');
  if (!asks('matching-code') || row.matchingCode === null || isSame(body.matchingCode ?? '', row.matchingCode)) return null;
  if (!body.matchingCode) throw invalid('matchingCode: the agent shows one, and policy asks for it', 'matchingCode');
  return wrongCode(change, row, person);
}

const KNOWN = new Set(['matching-code', 'type-resource', 'fresh-sign-in', 'second-approver', 'interactive', 'reason']);

/** Digests have one length, so that the comparison takes as long whatever was typed. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given.trim()), digest(expected.trim()));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Counted in the same transaction, which is why this is an answer and no refusal. */
async function wrongCode(change: Change, row: VerificationTable, person: UserPrincipal): Promise<Answer> {
  const { queries, now } = change;
  const wrongCodes = (await waitOf(queries, row)).wrongCodes + 1;
  await writeWait(queries, row, { wrongCodes });
  const ends = wrongCodes >= WRONG_CODES_AT_ALL;
  const renews = !ends && wrongCodes % WRONG_CODES_PER_CODE === 0;
  const denialReason = `A wrong matching code was typed ${wrongCodes} times; ask again.`;
  const set: Partial<VerificationTable> = {
    revision: row.revision + 1,
    ...(ends ? { status: 'denied', decidedAt: now, denialReason } : {}),
    ...(renews ? { matchingCode: String(randomInt(100, 1000)) } : {}),
  };
  await queries.updateTable('verifications').set(set).where('id', '=', row.id).execute();
  const about = {
    organizationId: row.organizationId,
    resourceType: 'verification',
    resourceId: row.id,
    agentId: row.agentId,
    agentName: row.agentName,
  };
  change.audit(
    { userId: person.id, userName: person.email },
    { ...about, action: 'wrong-code', metadata: { wrongCodes, renewed: renews } },
  );
  if (ends) {
    await count(queries, row, 'pending', -1);
    await count(queries, row, 'denied');
    change.audit(SYSTEM, { ...about, action: 'deny', metadata: { reason: denialReason, actionHash: row.actionHash } });
    return new Answer(409, { error: denialReason, reasonCode: 'tooManyWrongCodes' });
  }
  const error = renews
    ? 'matchingCode: was wrong three times; the agent shows a new one now'
    : 'matchingCode: is not the one that the agent shows';
  return new Answer(400, { error, reasonCode: 'wrongCode', field: 'matchingCode' });
}
