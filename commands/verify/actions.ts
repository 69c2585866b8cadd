// `aim verify`: checks a decision's receipt on this machine, without asking any server; with --audit also against the audit chain.

import { z } from 'zod';
import { type Receipt, type ReceiptContent, verifyReceipt } from '../../src/crypto/receipt.ts';
import { isOfRule, type RuleContent, verifyRule } from '../../src/crypto/rule-receipt.ts';
import { PolicyError, UsageError } from '../../src/errors.ts';
import type { ReceiptPlace } from '../../src/security-log/receipt-in-audit.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import type { Cell } from '../output/view.ts';
import { readFileArgument } from '../read-options.ts';
import { jsonOf } from './json-of.ts';
import { placeIn } from './place-in-log.ts';

const file: Argument<string> = { summary: 'The receipt: a file, or - for standard input', parse: (text) => text };

const verify = defineAction({
  id: 'verify',
  summary: 'Check the receipt of a decision, offline',
  description:
    'Exit 5 where the signature does not fit, or the receipt speaks of something else than was expected. Without --key it proves only that somebody signed it. With --audit the chain of the export must hold, have this very receipt in it, and not say that the decision was taken back.',
  examples: [
    { command: 'verify receipt.json --key R1kR…', summary: 'With the key of the reviewer' },
    { command: 'verify receipt.json --audit audit.json', summary: 'And against an export: aim audit export > audit.json' },
  ],
  args: { file },
  options: {
    key: {
      summary: 'A public key of a reviewer who may have signed it; give it again for more',
      value: 'KEY',
      schema: z.array(z.string().length(44, 'it is not 32 bytes in base64')).default([]),
      repeatable: true,
    },
    request: { summary: 'It must be about this request', value: 'ID', schema: z.string().optional() },
    actionHash: { summary: 'It must be about this action', value: 'HASH', schema: z.string().optional() },
    audit: {
      summary: 'It must stand in this export of the audit log, whose chain holds; again for more',
      value: 'FILE',
      schema: z.array(z.string().min(1)).default([]),
      repeatable: true,
    },
    decision: { summary: 'It must say this', schema: z.enum(['approve', 'deny']).optional() },
  },
  needs: 'none',
  commandLineOnly: true,
  run: async ({ io }, args, { key, audit, request, actionHash, decision }) => {
    const text = await readFileArgument(args.file, 'verify', io);
    const receipt = receiptIn(text);
    const verdict = isOfRule(receipt)
      ? ruleVerdict(receipt, key, { request, actionHash, decision })
      : verifyReceipt(receipt, { publicKeys: key, verificationId: request, actionHash, decision });
    if (!verdict.valid) {
      throw new PolicyError(`receipt.${verdict.code}`, {
        message: `The receipt does not hold. ${verdict.because}`,
        next: 'Compare it with the audit log: aim audit ls',
      });
    }
    const place = audit.length === 0 ? null : await placeIn(audit, receipt as Receipt, io);
    return { valid: true, isKeyKnown: verdict.isKeyKnown, ...verdict.content, audit: place } satisfies Verified;
  },
  view: {
    kind: 'text',
    lines: (content) => [
      [ours(`The signature fits${content.isKeyKnown ? ', and the key is that of a reviewer you named' : ''}.`)],
      ...(content.type === 'aim.receipt/1' ? decisionLines(content) : ruleLines(content)),
      [ours('reviewer    '), asUntrusted(content.reviewer.email ?? content.reviewer.id)],
      [ours('decided at  '), asUntrusted(content.decidedAt)],
      ...(content.reason === null ? [] : [[ours('reason      '), asUntrusted(content.reason)]]),
      ...(content.audit === null ? [] : [[ours(`in the log  entry ${content.audit.sequence}, in a chain that holds`)]]),
      ...(content.audit?.undoneAt ? [[ours(`ended early ${content.audit.undoneAt}`)]] : []),
    ],
  },
});

/** `audit` is where it stands in the log, where one was given. */
export type Verified = { valid: true; isKeyKnown: boolean; audit: ReceiptPlace | null } & (ReceiptContent | RuleContent);

const decisionLines = ({ decision, verificationId, actionHash }: ReceiptContent): Cell[][] => [
  [ours('decision    '), ours(decision)],
  [ours('request     '), asUntrusted(verificationId)],
  [ours('action      '), asUntrusted(actionHash)],
];

const ruleLines = ({ name, decision, agentId, capability, resource, decidedAt, forSeconds }: RuleContent): Cell[][] => [
  [ours('rule        '), asUntrusted(name), ours(decision === 'approve' ? ', which approves' : ', which denies')],
  [ours('agent       '), asUntrusted(agentId)],
  [ours('action      '), asUntrusted(capability), ...(resource === null ? [] : [ours(' on '), asUntrusted(resource)])],
  [ours('ends at     '), ours(new Date(Date.parse(decidedAt) + forSeconds * 1000).toISOString())],
];

type Expected = { request: string | undefined; actionHash: string | undefined; decision: 'approve' | 'deny' | undefined };

function ruleVerdict(receipt: unknown, keys: readonly string[], { request, actionHash, decision }: Expected) {
  const verdict = verifyRule(receipt, keys);
  if (!verdict.valid) return verdict;
  const refuse = (code: string, because: string) => ({ valid: false as const, code, because });
  if (request !== undefined) return refuse('another-request', 'It speaks of a rule, not of a request.');
  if (actionHash !== undefined) return refuse('another-action', 'It speaks of a rule, not of one action.');
  if (decision !== undefined && decision !== verdict.content.decision)
    return refuse('another-decision', `It says ${verdict.content.decision}.`);
  return verdict;
}

// A receipt alone, or inside of what approve answered, or of an entry of the audit log.
function receiptIn(text: string): unknown {
  const value = jsonOf(text) as { receipt?: unknown; metadata?: { receipt?: unknown }; entries?: unknown };
  if (Array.isArray(value?.entries)) {
    throw new UsageError('receipt.export', {
      message: 'That is an export of the audit log, not one receipt.',
      next: 'Check all of it, with every receipt in it: aim audit export | aim audit check -',
      field: 'file',
    });
  }
  return value?.receipt ?? value?.metadata?.receipt ?? value;
}

export const verifyActions: readonly Action[] = [verify];
