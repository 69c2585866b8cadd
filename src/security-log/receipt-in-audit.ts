// Where a receipt stands in an exported audit log: the entry of its decision, and what became of that decision afterwards.

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Receipt } from '../crypto/receipt.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';

export type ReceiptPlace = {
  /** The number of its entry in the chain. */
  sequence: number;
  at: string;
  /** Who the server says decided it. */
  by: Untrusted | null;
  /** When the reviewer took the decision back, or the rule was ended. */
  undoneAt: string | null;
};

/** Null where no entry has this very receipt. The chain itself is `checkAuditExport`'s. @throws ZodError for what is no export. */
export function placeOfReceipt(exported: readonly unknown[], receipt: Receipt): ReceiptPlace | null {
  const entries = exported.flatMap((one) => auditExport.parse(one).entries).sort((one, other) => one.sequence - other.sequence);
  const found = entries.find(({ resourceType, metadata }) => DECIDED.has(resourceType) && holds(metadata, receipt));
  if (found === undefined) return null;
  const undone = entries.find(
    ({ sequence, action, resourceId, userId }) =>
      sequence > found.sequence &&
      resourceId === found.resourceId &&
      // A decision is taken back by who made it, and a rule ended by anybody who may.
      ((action === 'undo' && userId === found.userId) || (action === 'end' && found.resourceType === 'standing-rule')),
  );
  return {
    sequence: found.sequence,
    at: new Date(found.at).toISOString(),
    by: found.userName === null ? null : asUntrusted(found.userName),
    undoneAt: undone === undefined ? null : new Date(undone.at).toISOString(),
  };
}

const DECIDED: ReadonlySet<string> = new Set(['verification', 'standing-rule']);

const auditExport = z.object({
  entries: z.array(
    z.object({
      sequence: z.number(),
      at: z.number(),
      userId: z.string().nullable(),
      userName: z.string().nullable(),
      action: z.string(),
      resourceType: z.string(),
      resourceId: z.string().nullable(),
      metadata: z.string().nullable(),
    }),
  ),
});

function holds(metadata: string | null, { payload, signature, publicKey }: Receipt): boolean {
  if (metadata?.includes('"receipt"') !== true) return false;
  try {
    return isDeepStrictEqual((JSON.parse(metadata) as { receipt?: unknown }).receipt, { payload, signature, publicKey });
  } catch {
    return false;
  }
}
