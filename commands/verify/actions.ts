// `aim verify`: checks a decision's receipt on this machine, without asking any server.

import { z } from 'zod';
import { verifyReceipt } from '../../src/crypto/receipt.ts';
import { PolicyError, UsageError } from '../../src/errors.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { readText } from '../read-options.ts';

const file: Argument<string> = { summary: 'The receipt: a file, or - for standard input', parse: (text) => text };

const verify = defineAction({
  id: 'verify',
  summary: 'Check the receipt of a decision, offline',
  description:
    'Exit 5 where the signature does not fit, or the receipt speaks of something else than was expected. Without --key it proves only that somebody signed it.',
  examples: [{ command: 'verify receipt.json --key R1kR…', summary: 'With the key of the reviewer' }],
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
    decision: { summary: 'It must say this', schema: z.enum(['approve', 'deny']).optional() },
  },
  needs: 'none',
  commandLineOnly: true,
  run: async ({ io }, args, { key, request, actionHash, decision }) => {
    const text = await readText(args.file === '-' ? '-' : `@${args.file}`, 'FILE', io);
    const verdict = verifyReceipt(receiptIn(text), { publicKeys: key, verificationId: request, actionHash, decision });
    if (verdict.valid) return { valid: true, isKeyKnown: verdict.isKeyKnown, ...verdict.content };
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
    ],
  },
});

// A receipt alone, or inside of what approve answered, or of an entry of the audit log.
function receiptIn(text: string): unknown {
  try {
    const value = JSON.parse(text) as { receipt?: unknown; metadata?: { receipt?: unknown } };
    return value?.receipt ?? value?.metadata?.receipt ?? value;
  } catch (cause) {
    throw new UsageError('receipt.json', {
      message: 'That is not JSON.',
      next: 'A receipt is in the answer of: aim approvals approve ID --json',
      cause,
    });
  }
}

export const verifyActions: readonly Action[] = [verify];
