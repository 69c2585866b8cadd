// An approval that must be provable: without a pinned reviewer's signature over exactly this action it counts for nothing.

import { type ReceiptContent, verifyReceipt } from '../crypto/receipt.ts';
import { VerificationError } from '../errors.ts';
import type { VerificationAnswer } from '../wire/verification.ts';
import type { ReceiptDemand } from './receipt-demand.ts';
import type { Asked } from './verdict.ts';

/** Lets an approval through that carries the receipts that are demanded. @throws VerificationError `approval.no-receipt`. */
export function checkReceipts(answer: VerificationAnswer, asked: Asked, demand: ReceiptDemand, now: number): void {
  const { reviewers = 1 } = demand;
  const sent = [...answer.receipts, ...(answer.receipt === undefined || answer.receipt === null ? [] : [answer.receipt])];
  const keys = new Set<string>();
  // Who works on two machines has two keys, and is one reviewer.
  const people = new Set<string>();
  let because = 'it carries none';
  for (const receipt of sent.slice(0, MOST)) {
    const verdict = verifyReceipt(receipt, {
      publicKeys: demand.reviewerKeys,
      actionHash: asked.actionHash,
      verificationId: answer.id,
      decision: 'approve',
    });
    const problem = verdict.valid ? misfit(verdict.content, asked, now) : verdict.because;
    if (verdict.valid && problem === null) {
      keys.add((receipt as { publicKey: string }).publicKey);
      people.add(verdict.content.reviewer.id);
    } else because = problem ?? because;
  }
  const signers = Math.min(keys.size, people.size);
  if (signers >= reviewers) return;
  const found = signers === 0 ? because : `${signers} of ${reviewers} reviewers have signed`;
  throw new VerificationError('approval.no-receipt', {
    message: `${asked.server} approved ${asked.capability}, but the approval does not prove that a reviewer did: ${found}. The action did not run.`,
    next: `Look at who decided it: aim approvals show ${answer.id}`,
  });
}

const MOST = 20; // more reviewers than that do not sign one action

// What the reviewer made smaller is part of what was signed.
function misfit({ agentId, narrow, decidedAt }: ReceiptContent, asked: Asked, now: number): string | null {
  if (agentId !== asked.agentId) return 'It speaks of another agent.';
  const { resource, durationSeconds, startsAt } = narrow ?? {};
  if (resource !== undefined && resource !== asked.resource) return 'It is for another resource only.';
  if (typeof startsAt === 'string' && Date.parse(startsAt) > now) return `It holds from ${startsAt} on only.`;
  if (typeof durationSeconds === 'number' && Date.parse(decidedAt) + durationSeconds * 1000 < now) return 'It has run out.';
  return null;
}
