// A reviewer's signature over a standing rule, checked before it is kept: it says what the rule says, or is refused.

import { verifyRule } from '../../crypto/rule-receipt.ts';
import { registerKey } from '../accounts/review-keys.ts';
import { actorOf, type UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import { invalid } from '../refusal.ts';
import type { Origin } from '../route.ts';

export type SentRule = {
  name: string;
  agentId: string;
  capability: string;
  resource?: string | null | undefined;
  decision: 'approve' | 'deny';
  reason?: string | null | undefined;
  forSeconds: number;
  receipt?: unknown;
};

/** As text to keep, or null where none was sent. @throws Refusal 400, 403, 409. */
export async function checkRuleReceipt(
  change: Change,
  origin: Origin,
  person: UserPrincipal,
  { receipt, ...rule }: SentRule,
): Promise<string | null> {
  if (receipt === undefined || receipt === null) return null;
  const verdict = verifyRule(receipt);
  if (!verdict.valid) throw invalid(`receipt: ${verdict.because}`, 'receipt');
  const { content, publicKey } = verdict;
  if (content.reviewer.id !== person.id) throw invalid('receipt: It names another reviewer.', 'receipt');
  const differs = SAID.find((name) => content[name] !== (rule[name] ?? null));
  if (differs !== undefined) throw invalid(`receipt: It was signed over another ${differs} than was sent.`, 'receipt');
  // The rule ends by the server's clock, and what was signed by the reviewer's: they must not be far apart.
  if (Math.abs(Date.parse(content.decidedAt) - change.now) > CLOCKS_APART)
    throw invalid('receipt: It was signed at another time than now; look at the clock of this machine.', 'receipt');
  await registerKey(change, person, actorOf(person, origin), publicKey);
  const { payload, signature } = receipt as { payload: string; signature: string };
  return JSON.stringify({ payload, signature, publicKey });
}

const SAID = ['name', 'agentId', 'capability', 'resource', 'decision', 'reason', 'forSeconds'] as const;
const CLOCKS_APART = 60 * 60 * 1000;
