// An approval that must be provable: without a pinned reviewer's signature over this action, or over what covers it, it counts for nothing.

import { actionHash as actionHashOf } from '../crypto/action.ts';
import { type ReceiptContent, verifyReceipt } from '../crypto/receipt.ts';
import { type RuleContent, verifyRule } from '../crypto/rule-receipt.ts';
import { VerificationError } from '../errors.ts';
import { liesWithin } from '../wire/lies-within.ts';
import type { VerificationAnswer } from '../wire/verification.ts';
import { firstAsked, firstWasUsed, whyNotWithin } from './grant-receipt.ts';
import type { ReceiptDemand } from './receipt-demand.ts';
import type { Asked } from './verdict.ts';

/** Lets an approval through that carries the receipts that are demanded. @throws VerificationError `approval.no-receipt`. */
export function checkReceipts(answer: VerificationAnswer, asked: Asked, demand: ReceiptDemand, now: number): void {
  const { reviewers = 1 } = demand;
  const found = signersOf(answer, asked, demand, now);
  if (found.signers >= reviewers) {
    found.take?.();
    return;
  }
  const because = found.signers === 0 ? found.because : `${found.signers} of ${reviewers} reviewers have signed`;
  throw new VerificationError('approval.no-receipt', {
    message: `${asked.server} approved ${asked.capability}, but the approval does not prove that a reviewer did: ${because.replace(/\.$/, '')}. The action did not run.`,
    next: `Look at who decided it: aim approvals show ${answer.granted?.verificationId ?? answer.id}`,
  });
}

type Found = {
  /** How many different people have signed what covers this action. */
  signers: number;
  /** Why nobody has. */
  because: string;
  /** What letting it through uses up. */
  take?: () => void;
};

function signersOf(answer: VerificationAnswer, asked: Asked, demand: ReceiptDemand, now: number): Found {
  const { reviewerKeys: publicKeys } = demand;
  if (answer.granted !== null) return signersOfGrant(answer.granted, asked, publicKeys, now);
  if (answer.ruled !== null)
    return countSigners([answer.ruled.receipt], (receipt) => {
      const rule = verifyRule(receipt, publicKeys);
      return rule.valid ? (ruleMisfit(rule.content, asked, now) ?? rule.content) : rule.because;
    });
  const sent = [...answer.receipts, ...(answer.receipt === undefined || answer.receipt === null ? [] : [answer.receipt])];
  const actionHash = actionHashOf(asked.message);
  return countSigners(sent, (receipt) => {
    const verdict = verifyReceipt(receipt, { publicKeys, actionHash, verificationId: answer.id, decision: 'approve' });
    return verdict.valid ? (misfit(verdict.content, asked, now) ?? verdict.content) : verdict.because;
  });
}

/** How often this process has used each permission: how often it may is in the receipt, so no server need be believed. */
const uses = new Map<string, number>();
const REMEMBERED = 10_000;

function signersOfGrant(
  { verificationId, signedBytes, receipts }: NonNullable<VerificationAnswer['granted']>,
  asked: Asked,
  publicKeys: readonly string[],
  now: number,
): Found {
  const first = firstAsked(signedBytes);
  if (first === null || first.agentId !== asked.agentId)
    return { signers: 0, because: 'It rests on a permission that this agent did not ask for' };
  const { actionHash } = first;
  const before = uses.get(actionHash) ?? 0;
  const found = countSigners(receipts, (receipt) => {
    const verdict = verifyReceipt(receipt, { publicKeys, actionHash, verificationId, decision: 'approve' });
    if (!verdict.valid) return verdict.because;
    const { content } = verdict;
    if (content.agentId !== asked.agentId) return 'It speaks of another agent.';
    const used = before + (firstWasUsed(content, first) ? 1 : 0);
    return whyNotWithin(content, first, { asked, now, used }) ?? content;
  });
  const take = (): void => {
    if (uses.size >= REMEMBERED) uses.delete(uses.keys().next().value ?? '');
    uses.set(actionHash, before + 1);
  };
  return { ...found, take };
}

const MOST = 20; // more reviewers than that do not sign one action

/** `read` gives the content of a receipt that covers the action, or why it does not. */
function countSigners(sent: readonly unknown[], read: (receipt: unknown) => Pick<ReceiptContent, 'reviewer'> | string): Found {
  const keys = new Set<string>();
  // Who works on two machines has two keys, and is one reviewer.
  const people = new Set<string>();
  let because = 'it carries none';
  for (const receipt of sent.slice(0, MOST)) {
    const content = read(receipt);
    if (typeof content === 'string') {
      because = content;
      continue;
    }
    keys.add((receipt as { publicKey: string }).publicKey);
    people.add(content.reviewer.id);
  }
  return { signers: Math.min(keys.size, people.size), because };
}

// What the reviewer made smaller is part of what was signed.
function misfit({ agentId, narrow, decidedAt }: ReceiptContent, asked: Asked, now: number): string | null {
  if (agentId !== asked.agentId) return 'It speaks of another agent.';
  const { resource, durationSeconds, startsAt } = narrow ?? {};
  if (resource !== undefined && resource !== asked.resource) return 'It is for another resource only.';
  if (typeof startsAt === 'string' && Date.parse(startsAt) > now) return `It holds from ${startsAt} on only.`;
  const from = Math.max(Date.parse(decidedAt), typeof startsAt === 'string' ? Date.parse(startsAt) : 0);
  if (typeof durationSeconds === 'number' && from + durationSeconds * 1000 < now) return 'It has run out.';
  return null;
}

function ruleMisfit(rule: RuleContent, asked: Asked, now: number): string | null {
  if (rule.decision !== 'approve') return `Its rule says ${rule.decision}.`;
  if (rule.agentId !== asked.agentId) return 'Its rule speaks of another agent.';
  // A pattern that is asked for is more than any rule was read for.
  if (rule.capability !== asked.capability || asked.capability.includes('*')) return 'Its rule is for another action.';
  const isWithin =
    rule.resource === null || asked.resource === null
      ? rule.resource === asked.resource
      : liesWithin(asked.resource, rule.resource) && !asked.resource.includes('*');
  if (!isWithin) return 'Its rule is for another resource only.';
  return Date.parse(rule.decidedAt) + rule.forSeconds * 1000 < now ? 'Its rule has ended.' : null;
}
