// An audit entry as the API answers it.

import type { AuditEntryTable } from '../database/tables/records.ts';
import { timeView } from './time.ts';

export function auditEntryView(entry: AuditEntryTable) {
  const { at, metadata, ...rest } = entry;
  return {
    ...rest,
    metadata: JSON.parse(metadata) as Record<string, unknown>,
    timestamp: timeView(at),
    actorType: entry.userId !== null ? 'user' : entry.agentId !== null && entry.userName === null ? 'agent' : 'system',
  };
}

/** The same as JSON text, without reading its metadata only to write them again. */
export function auditEntryText(entry: AuditEntryTable): string {
  const { metadata, ...rest } = auditEntryView({ ...entry, metadata: '0' });
  return `${JSON.stringify(rest).slice(0, -1)},"metadata":${entry.metadata}}`;
}
