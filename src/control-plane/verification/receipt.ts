// A reviewer's signature over a decision, checked before it is kept: who decided what, provable without this server.

import { isDeepStrictEqual } from 'node:util';
import { type ReceiptContent, verifyReceipt } from '../../crypto/receipt.ts';
import type { DecisionRequest } from '../../wire/requests/verification.ts';
import { registerKey } from '../accounts/review-keys.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { invalid } from '../refusal.ts';
import type { ReviewInput } from './review.ts';

/** The receipt as text to keep, or null where none was sent. The first key that a reviewer signs with becomes theirs. @throws Refusal 400, 403, 409. */
export async function checkReceipt(
  change: Change,
  { person, origin, decision, body }: ReviewInput,
  { id, actionHash, agentId }: VerificationTable,
): Promise<string | null> {
  const { queries } = change;
  const sent = body.receipt;
  if (sent === undefined || sent === null) return null;
  const verdict = verifyReceipt(sent, { verificationId: id, actionHash, decision });
  if (!verdict.valid) throw invalid(`receipt: ${verdict.because}`, 'receipt');
  if (verdict.content.reviewer.id !== person.id) throw invalid('receipt: It names another reviewer.', 'receipt');
  if (verdict.content.agentId !== agentId) throw invalid('receipt: It names another agent.', 'receipt');
  const other = differenceOf(verdict.content, body);
  if (other !== null) throw invalid(`receipt: It was signed over another ${other} than was sent.`, 'receipt');
  const { payload, signature, publicKey } = sent as { payload: string; signature: string; publicKey: string };
  const kept = JSON.stringify({ payload, signature, publicKey });
  // One that belongs to a review that was taken back decides nothing again.
  const before = await queries
    .selectFrom('reviews')
    .select('receipt')
    .where('verificationId', '=', id)
    .where('userId', '=', person.id)
    .execute();
  if (before.some(({ receipt }) => receipt === kept))
    throw invalid('receipt: It belongs to a decision that was taken back.', 'receipt');
  await registerKey(change, person, actorOf(person, origin), publicKey);
  return kept;
}

/** What is given, why, and how must be what was signed: else the receipt would prove another decision than was made. */
function differenceOf(content: ReceiptContent, { narrow, reason, interactive }: DecisionRequest): string | null {
  const said = Object.entries(narrow ?? {}).filter(([, value]) => value !== null && value !== undefined);
  if (!isDeepStrictEqual({ ...content.narrow }, Object.fromEntries(said))) return 'narrowing';
  if ((content.reason ?? '').trim() !== (reason ?? '')) return 'reason';
  return interactive !== undefined && interactive !== null && interactive !== content.interactive ? 'way of deciding' : null;
}
