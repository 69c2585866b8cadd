// A reviewer's signature over a decision, checked before it is kept: who decided what, provable without this server.

import { verifyReceipt } from '../../crypto/receipt.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';
import { invalid } from '../refusal.ts';

/** The receipt as text to keep, or null where none was sent. The first key that a reviewer signs with becomes theirs. @throws Refusal 400. */
export async function checkReceipt(
  { queries, now }: Change,
  person: UserPrincipal,
  { id, actionHash }: VerificationTable,
  decision: 'approve' | 'deny',
  sent: unknown,
): Promise<string | null> {
  if (sent === undefined || sent === null) return null;
  const { reviewKey } = await queries
    .selectFrom('users')
    .select('reviewKey')
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow();
  const verdict = verifyReceipt(sent, {
    verificationId: id,
    actionHash,
    decision,
    ...(reviewKey === null ? {} : { publicKeys: [reviewKey] }),
  });
  if (!verdict.valid) throw invalid(`receipt: ${verdict.because}`, 'receipt');
  if (verdict.content.reviewer.id !== person.id) throw invalid('receipt: It names another reviewer.', 'receipt');
  const { payload, signature, publicKey } = sent as { payload: string; signature: string; publicKey: string };
  if (reviewKey === null) {
    await queries.updateTable('users').set({ reviewKey: publicKey, reviewKeyAt: now }).where('id', '=', person.id).execute();
  }
  return JSON.stringify({ payload, signature, publicKey });
}
