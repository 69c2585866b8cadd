// The short way to read an answer gives what the schema gives, or leaves it to the schema.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainAnswer } from '../../src/sdk/plain-answer.ts';
import { verificationAnswer } from '../../src/wire/verification.ts';

const text = fc.oneof(fc.string(), fc.constant(''), fc.constant(null), fc.constant(undefined), fc.integer());
const time = fc.oneof(
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((date) => date.toISOString()),
  fc.constantFrom('0001-01-01T00:00:00Z', '2026-12-03T03:04:05Z', '2026-02-30T00:00:00.000Z', '2026-12-03T03:04:05.123456Z', 'soon', '', null, undefined, 7),
); // biome-ignore format: one list
const answer = fc.record(
  {
    id: fc.oneof(fc.string(), fc.uuid(), fc.integer()),
    status: fc.constantFrom('approved', 'pending', 'denied', 'auto-approved', 'APPROVED', 'expired', true, null),
    approvedBy: text,
    approved_by: text,
    expiresAt: time,
    expires_at: time,
    denialReason: text,
    trustScore: fc.oneof(fc.double({ noNaN: true, min: 0, max: 100 }), text),
    trust_score: fc.double({ noNaN: true, min: 0, max: 100 }),
    enforcementMode: fc.constantFrom('strict', 'monitoring', 'Strict', 'unknown', null, undefined),
    riskLevel: fc.constantFrom('low', 'medium', 'high', 'critical', 'Low', 'mild', null, undefined),
    actionHash: text,
    matchingCode: text,
    matching_code: text,
    grant: fc.constantFrom(null, undefined, {}),
    receipts: fc.constantFrom(null, undefined, [], [{}]),
    receipt: fc.constantFrom(null, undefined, {}),
    rule: fc.string(),
  },
  { requiredKeys: [] },
);

const plainOne = { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' };
// Mostly as it should be, so that the short way is really taken.
const nearly = fc.tuple(answer, fc.array(fc.nat(17), { maxLength: 3 })).map(([odd, places]) => ({
  ...plainOne,
  ...Object.fromEntries(Object.entries(odd).filter((_, index) => places.includes(index))),
}));

test('agrees with the schema wherever it answers', () => {
  let answered = 0;
  fc.assert(
    fc.property(fc.oneof(nearly, answer), (body) => {
      const plain = plainAnswer(body);
      if (plain === null) return;
      answered += 1;
      expect(plain).toEqual(verificationAnswer.parse(body));
    }),
    { numRuns: 5_000 },
  );
  expect(answered).toBeGreaterThan(100);
});

test('answers for what a control plane of today sends', () => {
  const body = { id: 'v1', status: 'approved', approvedBy: 'system', approved_by: 'system', expiresAt: '2026-12-03T03:04:05.000Z', denialReason: null, trustScore: 0.7, enforcementMode: 'strict', riskLevel: 'low', actionHash: 'a'.repeat(64), rule: 'granted' }; // biome-ignore format: one answer
  expect(plainAnswer(body)).toEqual(verificationAnswer.parse(body));
  expect(plainAnswer({ ...body, receipts: [{}] })).toBeNull();
});

test.each([null, [], 'approved', 7])('leaves %j to the schema', (body) => expect(plainAnswer(body)).toBeNull());
