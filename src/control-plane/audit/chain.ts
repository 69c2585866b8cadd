// The audit log as a SHA-256 chain: each entry carries the hash of the one before, so that none can be changed, removed or moved unseen.

import { hash } from 'node:crypto';
import type { AuditEntryTable } from '../database/tables/records.ts';

export const GENESIS = '0'.repeat(64);

export type ChainHead = { sequence: number; hash: string };
type Unsealed = Omit<AuditEntryTable, 'sequence' | 'previousHash' | 'hash'>;

export function sealEntry(head: ChainHead, entry: Unsealed): AuditEntryTable {
  const placed = { ...entry, sequence: head.sequence + 1, previousHash: head.hash };
  return { ...placed, hash: entryHash(placed) };
}

/** What is hashed: a JSON list in this order, so that an export can be checked with nothing but SHA-256. */
export function entryHash(entry: Omit<AuditEntryTable, 'hash'>): string {
  const content = [
    entry.previousHash,
    entry.sequence,
    entry.organizationId,
    entry.id,
    entry.at,
    entry.userId,
    entry.userName,
    entry.agentId,
    entry.agentName,
    entry.action,
    entry.resourceType,
    entry.resourceId,
    entry.ipAddress,
    entry.userAgent,
    entry.metadata,
  ];
  return hash('sha256', JSON.stringify(content), 'hex');
}

export type ChainFault = { sequence: number; fault: 'changed' | 'missing' | 'reordered' };

/** Checks entries in order of sequence against the head before them. Gives the head after them, or the first fault. */
export function checkEntries(before: ChainHead, entries: readonly AuditEntryTable[]): ChainHead | ChainFault {
  let head = before;
  for (const entry of entries) {
    if (entry.sequence !== head.sequence + 1) return { sequence: head.sequence + 1, fault: 'missing' };
    if (entry.hash !== entryHash(entry)) return { sequence: entry.sequence, fault: 'changed' };
    if (entry.previousHash !== head.hash) return { sequence: entry.sequence, fault: 'reordered' };
    head = { sequence: entry.sequence, hash: entry.hash };
  }
  return head;
}
