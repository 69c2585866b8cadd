// A reviewer's signature over a decision, checked before it is kept: who decided what, provable without this server.

import { z } from 'zod';
import { verifySignature } from '../../crypto/ed25519.ts';
import { wireObject } from '../../wire/casing.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { VerificationTable } from '../database/schema.ts';
import { invalid } from '../refusal.ts';

/** `payload` is base64 of JSON that names at least `verificationId`, `actionHash` and `decision`; those bytes are signed. */
const receipt = wireObject({ payload: z.string().max(20_000), signature: z.string().max(200), publicKey: z.string().max(100) });
const payload = wireObject({
  verificationId: z.string(),
  actionHash: z.string(),
  decision: z.enum(['approve', 'deny', 'approved', 'denied']),
});

/** The receipt as text to keep, or null where none was sent. The first key that a reviewer signs with becomes theirs. @throws Refusal 400. */
export async function checkReceipt(
  { queries, now }: Change,
  person: UserPrincipal,
  row: VerificationTable,
  decision: 'approve' | 'deny',
  sent: unknown,
): Promise<string | null> {
  if (sent === undefined || sent === null) return null;
  const parsed = receipt.safeParse(sent);
  if (!parsed.success) throw invalid('receipt: needs payload, signature and publicKey', 'receipt');
  const { payload: encoded, signature, publicKey } = parsed.data;
  const bytes = Buffer.from(encoded, 'base64');
  const content = payload.safeParse(jsonOf(bytes));
  if (
    !content.success ||
    content.data.verificationId !== row.id ||
    content.data.actionHash !== row.actionHash ||
    !content.data.decision.startsWith(decision === 'approve' ? 'appro' : 'den')
  ) {
    throw invalid('receipt: speaks of another decision', 'receipt');
  }
  if (!verifySignature(bytes, signature, publicKey)) throw invalid('receipt: the signature does not fit', 'receipt');
  const { reviewKey } = await queries
    .selectFrom('users')
    .select('reviewKey')
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow();
  if (reviewKey === null)
    await queries.updateTable('users').set({ reviewKey: publicKey, updatedAt: now }).where('id', '=', person.id).execute();
  else if (reviewKey !== publicKey) throw invalid('receipt: is signed with another key than the registered one', 'receipt');
  return JSON.stringify(parsed.data);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
