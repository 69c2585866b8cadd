// Where a receipt stands in exports of the audit log, whose chain must hold.

import type { Receipt } from '../../src/crypto/receipt.ts';
import { isOfRule } from '../../src/crypto/rule-receipt.ts';
import { PolicyError, UsageError } from '../../src/errors.ts';
import { checkAuditExport } from '../../src/security-log/audit-export.ts';
import { placeOfReceipt, type ReceiptPlace } from '../../src/security-log/receipt-in-audit.ts';
import { readText } from '../read-options.ts';
import { jsonOf } from './json-of.ts';

/** @throws PolicyError where the chain is broken, the receipt stands nowhere in it, or its decision was taken back. */
export async function placeIn(
  files: readonly string[],
  receipt: Receipt,
  io: Parameters<typeof readText>[2],
): Promise<ReceiptPlace> {
  const exported: unknown[] = [];
  for (const name of files) exported.push(jsonOf(await readText(name === '-' ? '-' : `@${name}`, 'FILE', io)));
  const { fault, place } = checkedIn(exported, receipt);
  const refuse = (code: string, message: string) =>
    new PolicyError(`receipt.${code}`, { message, next: 'Look at the log itself: aim audit check FILE' });
  if (fault !== null) throw refuse('broken-chain', `The audit log does not hold: entry ${fault.sequence} is ${fault.fault}.`);
  if (place === null) throw refuse('not-in-log', 'The receipt is valid, but stands in no entry of this audit log.');
  // A rule that was ended has decided what it decided until then.
  if (place.undoneAt !== null && !isOfRule(receipt))
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
