// The reviewers' signatures that an agent is handed with an approval, so that it need not take this server's word for it.

import type { Queries } from '../database/open.ts';
import type { VerificationTable } from '../database/tables/verifications.ts';

/** Of the approvals of this request that were not taken back, and by keys that hold; empty where rules decided, or nobody signed. */
export async function receiptsOf(queries: Queries, row: VerificationTable): Promise<{ receipts?: unknown[] }> {
  if (row.requirement === null || row.status !== 'approved') return {};
  const reviews = await queries
    .selectFrom('reviews')
    .select('receipt')
    .where('verificationId', '=', row.id)
    .where('decision', '=', 'approve')
    .where('withdrawnAt', 'is', null)
    .where('receipt', 'is not', null)
    .orderBy('at')
    .execute();
  const receipts = reviews.map(({ receipt }) => JSON.parse(receipt ?? '') as { publicKey: string });
  // A machine that was lost may have signed anything.
  const revoked = await queries
    .selectFrom('reviewKeys')
    .select('publicKey')
    .where('organizationId', '=', row.organizationId)
    .where('revokedAt', 'is not', null)
    .execute();
  const lost = new Set(revoked.map(({ publicKey }) => publicKey));
  return { receipts: receipts.filter(({ publicKey }) => !lost.has(publicKey)) };
}
