// Checks an exported audit log with nothing but SHA-256 and the reviewers' signatures: no server is asked.

import { hash } from 'node:crypto';
import { z } from 'zod';
import { verifyReceipt } from '../crypto/receipt.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';

export type AuditFault = {
  sequence: number;
  fault: 'changed' | 'missing' | 'reordered' | 'receipt' | 'head';
  /** The entry at that place, where there is one. */
  id: Untrusted | null;
  action: Untrusted | null;
  at: string | null;
};

export type AuditExportCheck = {
  valid: boolean;
  checked: number;
  first: number | null;
  last: number | null;
  /** SHA-256 of the last entry. Kept elsewhere, it proves later that nothing before it was changed. */
  head: string | null;
  /** What the first entry follows: all zeros where the export begins with the very first. */
  before: string | null;
  decisions: number;
  receipts: number;
  fault: AuditFault | null;
};

/**
 * The entries of one or several exports, in any order. `head`: of an entry that must be among them.
 * Ends at the first fault. @throws ZodError for what is no export.
 */
export function checkAuditExport(
  exported: readonly unknown[],
  { head, keys = [] }: { head?: string | undefined; keys?: readonly string[] } = {},
): AuditExportCheck {
  const entries = inOrder(exported.flatMap((one) => auditExport.parse(one).entries));
  const result: AuditExportCheck = {
    ...{ valid: true, checked: 0, first: entries[0]?.sequence ?? null, last: null, head: null },
    ...{ before: entries[0]?.previousHash ?? null, decisions: 0, receipts: 0, fault: null },
  };
  let isHeadThere = head === undefined;
  for (const entry of entries) {
    const fault = faultOf(entry, result) ?? receiptFault(entry, result, keys);
    if (fault !== null) return { ...result, valid: false, fault: about(entry, fault, result) };
    result.checked += 1;
    result.last = entry.sequence;
    result.head = entry.hash;
    isHeadThere ||= entry.hash === head;
  }
  if (isHeadThere) return result;
  return { ...result, valid: false, fault: { sequence: result.last ?? 0, fault: 'head', id: null, action: null, at: null } };
}

const maybe = z.string().nullable();
const entrySchema = z.object({
  sequence: z.number().int().min(1),
  organizationId: z.string(),
  id: z.string(),
  at: z.number(),
  userId: maybe,
  userName: maybe,
  agentId: maybe,
  agentName: maybe,
  action: z.string(),
  resourceType: z.string(),
  resourceId: maybe,
  ipAddress: maybe,
  userAgent: maybe,
  metadata: z.string().nullable(),
  previousHash: z.string(),
  hash: z.string(),
});
const auditExport = z.object({ entries: z.array(entrySchema) });
type Entry = z.infer<typeof entrySchema>;

/** Exports that overlap have the same entries; two different ones of one number stay two, and the second does not fit. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const once = new Map(entries.map((entry) => [`${entry.sequence} ${JSON.stringify(entry)}`, entry]));
  return [...once.values()].sort((a, b) => a.sequence - b.sequence);
}

function faultOf(entry: Entry, { last, head }: AuditExportCheck): AuditFault['fault'] | null {
  if (last === null && entry.sequence === 1 && entry.previousHash !== GENESIS) return 'changed';
  if (last !== null && entry.sequence > last + 1) return 'missing';
  if (entry.hash !== entryHash(entry)) return 'changed';
  return last !== null && entry.previousHash !== head ? 'reordered' : null;
}

/** A decision whose receipt is not its own proves nothing, however whole the chain is. */
function receiptFault(entry: Entry, result: AuditExportCheck, keys: readonly string[]): 'receipt' | null {
  if (entry.resourceType !== 'verification' || (entry.action !== 'approve' && entry.action !== 'deny')) return null;
  result.decisions += 1;
  const receipt = membersOf(entry.metadata)['receipt'];
  if (receipt === null || receipt === undefined) return null;
  const expected = { publicKeys: keys, verificationId: entry.resourceId ?? '', decision: entry.action } as const;
  if (!verifyReceipt(receipt, expected).valid) return 'receipt';
  result.receipts += 1;
  return null;
}

function membersOf(metadata: string | null): Record<string, unknown> {
  try {
    return (JSON.parse(metadata ?? '{}') as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

const about = ({ sequence, id, action, at }: Entry, fault: AuditFault['fault'], { last }: AuditExportCheck): AuditFault =>
  fault === 'missing'
    ? { sequence: (last ?? 0) + 1, fault, id: null, action: null, at: null }
    : { sequence, fault, id: asUntrusted(id), action: asUntrusted(action), at: new Date(at).toISOString() };

/** A JSON list of the members in this order, as the control plane seals them. */
const entryHash = (entry: Entry): string =>
  hash(
    'sha256',
    JSON.stringify([
      ...[entry.previousHash, entry.sequence, entry.organizationId, entry.id, entry.at, entry.userId, entry.userName],
      ...[entry.agentId, entry.agentName, entry.action, entry.resourceType, entry.resourceId, entry.ipAddress],
      ...[entry.userAgent, entry.metadata],
    ]),
    'hex',
  );

const GENESIS = '0'.repeat(64);
