// A fast way in for what comes by the ten thousand: a verification on the stream, in the exact form that our own server writes.

import type { StreamChange, VerificationEvent } from './event.ts';
import type { Timestamp } from './scalars.ts';

export type PlainVerification = { at: Timestamp; change: StreamChange; subject: VerificationEvent };

/**
 * What `streamEnvelope` and the schema of a verification would make of it, at a tenth of the cost; undefined for everything that is
 * not in the one plain form (other spellings, other types), which then takes the way through the schemas.
 */
export function plainVerification(content: unknown): PlainVerification | undefined {
  if (!isObject(content)) return undefined;
  const { change, subject } = content;
  if (typeof change !== 'string' || !changes.has(change) || !isObject(subject)) return undefined;
  for (const key in content) if (key !== 'at' && key !== 'change' && key !== 'subject') return undefined;
  const at = timeOf(content['at']);
  const { id, status, trustScore } = subject;
  if (at === null || typeof id !== 'string' || id === '' || !statuses.has(status as string)) return undefined;
  if (typeof trustScore === 'number' && trustScore > 1) return undefined;
  const verification: Record<string, unknown> = { ...nothing };
  for (const key in subject) {
    const kind: Kind | undefined = Object.hasOwn(kinds, key) ? kinds[key as keyof typeof kinds] : undefined;
    const value = subject[key];
    if (kind === undefined) {
      // A member of a later version is left out; another spelling of one of ours is not for here.
      if (!LATER.test(key)) return undefined;
    } else if (!fits(kind, value)) return undefined;
    // An empty text is none, as the schema has it.
    else
      verification[key === 'resourceType' ? 'resource' : key] = value === '' ? null : kind === 'time' ? timeOf(value) : value;
  }
  if (!results.has(verification['result'] as string)) verification['result'] = null;
  verification['metadata'] ??= {};
  return { at, change: change as StreamChange, subject: verification as unknown as VerificationEvent };
}

type Kind = 'text' | 'id' | 'time' | 'number' | 'flag' | 'members';

const kinds = {
  id: 'id', agentId: 'id', agentName: 'text', mcpServerId: 'id', mcpServerName: 'text', protocol: 'text', verificationType: 'text',
  status: 'text', result: 'text', confidence: 'number', trustScore: 'number', durationMs: 'number', errorCode: 'text', errorReason: 'text',
  initiatorType: 'text', initiatorName: 'text', action: 'text', resourceType: 'text', startedAt: 'time', completedAt: 'time', createdAt: 'time',
  executed: 'flag', executedAt: 'time', executionError: 'text', details: 'text', metadata: 'members',
} as const satisfies Record<string, Kind>; // biome-ignore format: one table

/** A verification of which nothing is known, with its members in the order in which they are printed. */
const nothing: Readonly<Record<string, unknown>> = {
  id: null, agentId: null, agentName: null, mcpServerId: null, mcpServerName: null, protocol: null, verificationType: null, status: null,
  result: null, trustScore: null, durationMs: null, errorCode: null, errorReason: null, initiatorType: null, initiatorName: null,
  action: null, resource: null, startedAt: null, completedAt: null, createdAt: null, executed: null, executedAt: null,
  executionError: null, details: null, metadata: null,
}; // biome-ignore format: one table

const LATER = /^[a-z][A-Za-z0-9]*$/;

const changes = new Set<string>(['created', 'updated', 'decided', 'expired', 'revoked', 'deleted']);
const statuses = new Set<string>(['success', 'failed', 'pending', 'timeout']);
const results = new Set<string>(['verified', 'denied', 'expired']);

function fits(kind: Kind, value: unknown): boolean {
  if (value === null) return true;
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'id') return typeof value === 'string' && value !== '' && value.length <= 200;
  if (kind === 'time') return typeof value === 'string';
  if (kind === 'number') return typeof value === 'number';
  if (kind === 'flag') return typeof value === 'boolean';
  return isObject(value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the schema has it: UTC with milliseconds, and null where it is unset or none. */
function timeOf(value: unknown): Timestamp | null {
  if (typeof value !== 'string' || value === '' || value.startsWith('0001-01-01')) return null;
  if (TIME.test(value)) return (value.length === 20 ? `${value.slice(0, -1)}.000Z` : value) as Timestamp;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : (new Date(time).toISOString() as Timestamp);
}
/** As `toISOString` writes it, or in whole seconds; days that not every month has are looked at. */
const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;
