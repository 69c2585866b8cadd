// The fast way in answers what the schemas answer, or nothing.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { streamEnvelope, streamSubjects } from '../../src/wire/event.ts';
import { plainVerification } from '../../src/wire/plain-event.ts';

function bySchema(content: unknown) {
  const { at, change, subject } = streamEnvelope.parse(content);
  return { at, change, subject: streamSubjects.verification.parse(subject) };
}

const plain = {
  at: '2026-11-23T03:00:00.123Z',
  change: 'created',
  subject: {
    id: 'v-1',
    agentId: 'a-1',
    agentName: 'billing-bot',
    status: 'success',
    result: 'verified',
    action: 'db:read',
    resourceType: 'orders',
    trustScore: 0.87,
    executed: true,
    details: '',
    metadata: { a: 1 },
  },
};

describe('the fast way in', () => {
  test('takes what our own server writes, as the schema would', () => {
    expect(plainVerification(plain)).toEqual(bySchema(plain));
  });

  test.each<[title: string, change: Record<string, unknown>]>([
    ['a time of nine digits', { startedAt: '2026-11-23T03:00:00.123456789Z' }],
    ['a time of whole seconds', { startedAt: '2026-11-23T03:00:00Z' }],
    ["Go's zero time", { startedAt: '0001-01-01T00:00:00.000Z' }],
    ['a member of a later version', { severityOfTomorrow: { a: 1 }, constructor: 'x' }],
  ])('takes %s as the schema would', (_, change) => {
    const content = { ...plain, subject: { ...plain.subject, ...change } };
    expect(plainVerification(content)).toEqual(bySchema(content));
    expect(Object.keys(plainVerification(content)?.subject ?? {})).not.toContain('severityOfTomorrow');
  });

  test.each<[title: string, change: Record<string, unknown>]>([
    ['in the other spelling', { agent_id: 'a-1' }],
    ['with a trust score of 0 to 100', { trustScore: 87 }],
    ['with a status that nobody knows', { status: 'maybe' }],
    ['with a status in capitals', { status: 'SUCCESS' }],
    ['with a number where a text belongs', { action: 5 }],
    ['without an id', { id: '' }],
    ['with a prototype', JSON.parse('{"__proto__":{"status":"success"}}')],
  ])('leaves one %s to the schema', (_, change) => {
    expect(
      plainVerification({
        ...plain,
        subject: Object.defineProperties({ ...plain.subject }, Object.getOwnPropertyDescriptors(change)),
      }),
    ).toBeUndefined();
  });

  test('never answers something else than the schema', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constant(null),
      fc.double({ noNaN: true, min: -2, max: 200 }),
      fc.boolean(),
      fc.constantFrom('success', 'verified', '2026-11-23T03:00:00.123Z', ''),
      fc.dictionary(fc.string(), fc.string()),
    );
    const key = fc.constantFrom(
      'id',
      'agentId',
      'agentName',
      'status',
      'result',
      'trustScore',
      'confidence',
      'durationMs',
      'startedAt',
      'executed',
      'executionError',
      'details',
      'metadata',
      'resourceType',
      'agent_name',
      'other',
      '__proto__',
      'constructor',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (members) => {
        const content = { ...plain, subject: { ...plain.subject, ...Object.fromEntries(members) } };
        const fast = plainVerification(content);
        if (fast !== undefined) expect(fast).toEqual(bySchema(content));
      }),
      { numRuns: 2000 },
    );
  });
});
