// A fast way in for what comes by the ten thousand: a verification on the stream, in the exact form that our own server writes.

import { asUntrusted } from '../text/brand.ts';
import type { StreamChange, VerificationEvent } from './event.ts';
import type { Timestamp } from './scalars.ts';

export type PlainVerification = { at: Timestamp; change: StreamChange; subject: VerificationEvent };

/**
 * What `streamEnvelope` and the schema of a verification would make of it, at a tenth of the cost; undefined for everything that is
 * not in the one plain form (other spellings, other times, other types), which then takes the way through the schemas.
 */
export function plainVerification(content: unknown): PlainVerification | undefined {
  if (!isObject(content)) return undefined;
  const { at, change, subject } = content;
  if (!isTime(at) || typeof change !== 'string' || !changes.has(change) || !isObject(subject)) return undefined;
  for (const key in content) if (key !== 'at' && key !== 'change' && key !== 'subject') return undefined;
  for (const key in subject)
    if (!Object.hasOwn(kinds, key) || !fits(kinds[key as keyof typeof kinds], subject[key])) return undefined;
  const { id, status, result, trustScore, confidence, resourceType, metadata, ...rest } = subject;
  if (typeof id !== 'string' || id === '' || !statuses.has(status as string)) return undefined;
  if (trustScore !== null && trustScore !== undefined && (trustScore as number) > 1) return undefined;
  const verification: Record<string, unknown> = { ...nothing, ...rest, id, status };
  // An empty text is none, as the schema has it.
  for (const key in rest) if (rest[key] === '') verification[key] = null;
  verification['result'] = results.has(result as string) ? result : null;
  verification['trustScore'] = trustScore ?? null;
  if (confidence !== undefined) verification['confidence'] = confidence;
  verification['resource'] = resourceType ? asUntrusted(resourceType as string) : null;
  verification['metadata'] = metadata ?? {};
  return { at: at as Timestamp, change: change as StreamChange, subject: verification as unknown as VerificationEvent };
}

type Kind = 'text' | 'id' | 'time' | 'number' | 'flag' | 'members';

const kinds = {
  id: 'id', agentId: 'id', agentName: 'text', mcpServerId: 'id', mcpServerName: 'text', protocol: 'text', verificationType: 'text',
  status: 'text', result: 'text', confidence: 'number', trustScore: 'number', durationMs: 'number', errorCode: 'text', errorReason: 'text',
  initiatorType: 'text', initiatorName: 'text', action: 'text', resourceType: 'text', startedAt: 'time', completedAt: 'time', createdAt: 'time',
  executed: 'flag', executedAt: 'time', executionError: 'text', details: 'text', metadata: 'members',
} as const satisfies Record<string, Kind>; // biome-ignore format: one table

/** A verification of which nothing is known. */
const nothing: Readonly<Record<string, unknown>> = {
  agentId: null, agentName: null, mcpServerId: null, mcpServerName: null, protocol: null, verificationType: null, durationMs: null,
  errorCode: null, errorReason: null, initiatorType: null, initiatorName: null, action: null, startedAt: null, completedAt: null,
  createdAt: null, executed: null, executedAt: null, executionError: null, details: null,
}; // biome-ignore format: one table

const changes = new Set<string>(['created', 'updated', 'decided', 'expired', 'revoked', 'deleted']);
const statuses = new Set<string>(['success', 'failed', 'pending', 'timeout']);
const results = new Set<string>(['verified', 'denied', 'expired']);

function fits(kind: Kind, value: unknown): boolean {
  if (value === null) return true;
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'id') return typeof value === 'string' && value !== '' && value.length <= 200;
  if (kind === 'time') return isTime(value);
  if (kind === 'number') return typeof value === 'number';
  if (kind === 'flag') return typeof value === 'boolean';
  return isObject(value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): boolean => typeof value === 'string' && TIME.test(value) && !value.startsWith('0001');
/** As `toISOString` writes it; days that no month has are left to the schema. */
const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
