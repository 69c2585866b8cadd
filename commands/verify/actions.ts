// `aim verify`: checks a decision's receipt on this machine, without asking any server; with --audit also against the audit chain.

import { z } from 'zod';
import { type Receipt, verifyReceipt } from '../../src/crypto/receipt.ts';
import { PolicyError, UsageError } from '../../src/errors.ts';
import { checkAuditExport } from '../../src/security-log/audit-export.ts';
import { placeOfReceipt, type ReceiptPlace } from '../../src/security-log/receipt-in-audit.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { readText } from '../read-options.ts';

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
    const text = await readText(args.file === '-' ? '-' : `@${args.file}`, 'FILE', io);
    const receipt = receiptIn(text);
    const verdict = verifyReceipt(receipt, { publicKeys: key, verificationId: request, actionHash, decision });
    if (verdict.valid) {
      const place = audit.length === 0 ? null : await placeIn(audit, receipt as Receipt, io);
      return { valid: true, isKeyKnown: verdict.isKeyKnown, ...verdict.content, audit: place };
    }
    throw new PolicyError(`receipt.${verdict.code}`, {
      message: `The receipt does not hold. ${verdict.because}`,
      next: 'Compare it with the audit log: aim audit ls',
    });
  },
  view: {
    kind: 'text',
    lines: (content) => [
      [ours(`The signature fits${content.isKeyKnown ? ', and the key is that of a reviewer you named' : ''}.`)],
      [ours('decision    '), ours(content.decision)],
      [ours('request     '), asUntrusted(content.verificationId)],
      [ours('action      '), asUntrusted(content.actionHash)],
      [ours('reviewer    '), asUntrusted(content.reviewer.email ?? content.reviewer.id)],
      [ours('decided at  '), asUntrusted(content.decidedAt)],
      ...(content.reason === null ? [] : [[ours('reason      '), asUntrusted(content.reason)]]),
      ...(content.audit === null ? [] : [[ours(`in the log  entry ${content.audit.sequence}, in a chain that holds`)]]),
    ],
  },
});

/** @throws PolicyError where the chain is broken, the receipt stands nowhere in it, or its decision was taken back. */
async function placeIn(files: readonly string[], receipt: Receipt, io: Parameters<typeof readText>[2]): Promise<ReceiptPlace> {
  const exported: unknown[] = [];
  for (const name of files) exported.push(jsonOf(await readText(name === '-' ? '-' : `@${name}`, 'FILE', io)));
  const { fault, place } = checkedIn(exported, receipt);
  const refuse = (code: string, message: string) =>
    new PolicyError(`receipt.${code}`, { message, next: 'Look at the log itself: aim audit check FILE' });
  if (fault !== null) throw refuse('broken-chain', `The audit log does not hold: entry ${fault.sequence} is ${fault.fault}.`);
  if (place === null) throw refuse('not-in-log', 'The receipt is valid, but stands in no entry of this audit log.');
  if (place.undoneAt !== null)
    throw refuse('taken-back', `The decision was made (entry ${place.sequence}), and taken back at ${place.undoneAt}.`);
  return place;
}

function checkedIn(exported: readonly unknown[], receipt: Receipt) {
  try {
    return { fault: checkAuditExport(exported).fault, place: placeOfReceipt(exported, receipt) };
  } catch (cause) {
    throw new UsageError('receipt.audit', {
      message: 'That is no export of an audit log with its chain.',
      next: 'Make one: aim audit export > audit.json',
      field: 'audit',
      cause,
    });
  }
}

// A receipt alone, or inside of what approve answered, or of an entry of the audit log.
function receiptIn(text: string): unknown {
  const value = jsonOf(text) as { receipt?: unknown; metadata?: { receipt?: unknown } };
  return value?.receipt ?? value?.metadata?.receipt ?? value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('receipt.json', {
      message: 'That is not JSON.',
      next: 'A receipt is in the answer of: aim approvals approve ID --json',
      cause,
    });
  }
}

export const verifyActions: readonly Action[] = [verify];
