// A receipt holds offline as long as nothing in it was changed.

import { describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import {
  type Receipt,
  type ReceiptContent,
  type ReceiptExpectation,
  signReceipt,
  verifyReceipt,
} from '../../src/crypto/receipt.ts';
import { type RuleContent, signRule, verifyRule } from '../../src/crypto/rule-receipt.ts';

const key = generateSigningKey();
const content: ReceiptContent = {
  type: 'aim.receipt/1',
  verificationId: 'v-1',
  actionHash: 'a'.repeat(64),
  decision: 'approve',
  agentId: 'a-1',
  reason: null,
  narrow: { durationSeconds: 900, uses: 1 },
  policy: null,
  displayed: 'b'.repeat(64),
  openedAt: '2026-11-23T03:00:00.000Z',
  decidedAt: '2026-11-23T03:00:09.000Z',
  reviewer: { id: 'u-1', email: 'ana@example.test' },
  server: 'http://127.0.0.1:1',
  client: 'aim-terminal/0.1.0',
  interactive: true,
};
const receipt = signReceipt(content, key);
const signedAs = (text: string): Receipt => {
  const bytes = Buffer.from(text);
  return { payload: bytes.toString('base64'), signature: key.sign(bytes), publicKey: key.publicKey };
};
const text = Buffer.from(receipt.payload, 'base64').toString();

describe('a receipt', () => {
  test('is canonical JSON, and says what was decided', () => {
    expect(text.startsWith('{"actionHash":"aaaa')).toBe(true);
    expect(
      verifyReceipt(receipt, {
        publicKeys: [key.publicKey],
        verificationId: 'v-1',
        actionHash: 'A'.repeat(64),
        decision: 'approve',
      }),
    ).toEqual({ valid: true, content, isKeyKnown: true });
  });

  test('that nobody vouches for is valid, and says that its key is not known', () => {
    expect(verifyReceipt(receipt)).toMatchObject({ valid: true, isKeyKnown: false });
  });

  test.each<[title: string, sent: unknown, expected: ReceiptExpectation, code: string]>([
    [
      'is refused with a changed decision',
      { ...receipt, payload: Buffer.from(text.replace('approve', 'deny')).toString('base64') },
      {},
      'signature',
    ],
    [
      'is refused with a changed payload of one bit',
      { ...receipt, payload: Buffer.from(text.replace('v-1', 'v-2')).toString('base64') },
      {},
      'signature',
    ],
    ['is refused with the key of somebody else', { ...receipt, publicKey: generateSigningKey().publicKey }, {}, 'signature'],
    ['is refused from a key of no reviewer', receipt, { publicKeys: [generateSigningKey().publicKey] }, 'unknown-key'],
    ['is refused for another request', receipt, { verificationId: 'v-2' }, 'another-request'],
    ['is refused for another action', receipt, { actionHash: 'c'.repeat(64) }, 'another-action'],
    ['is refused for another decision', receipt, { decision: 'deny' }, 'another-decision'],
    ['is refused in another form of JSON', signedAs(JSON.stringify(JSON.parse(text), null, 1)), {}, 'not-canonical'],
    ['is refused with a member more', signedAs(text.replace('{', '{"AAA":1,')), {}, 'not-canonical'],
    [
      'is refused with a member twice',
      signedAs(text.replace('"decision":"approve"', '"decision":"deny","decision":"approve"')),
      {},
      'not-canonical',
    ],
    ['is refused where it is no decision', signedAs('{"hello":"world"}'), {}, 'malformed'],
    ['is refused where it is nothing', null, {}, 'malformed'],
    ['is refused where it is text', 'approved', {}, 'malformed'],
  ])('%s', (_, sent, expected, code) => {
    expect(verifyReceipt(sent, expected)).toMatchObject({ valid: false, code });
  });
});

/** Each way to write another character into the text, at each place. */
function* changedOnce(whole: string): Generator<string> {
  for (let at = 0; at < whole.length; at += 1)
    for (const other of ['A', 'B', 'Q', 'g', 'w', '9', '+', '/', '-', '_', '=', ' ', '\n', ''])
      if (other !== whole[at]) yield whole.slice(0, at) + other + whole.slice(at + 1);
}

describe('a receipt that was changed', () => {
  test.each(['payload', 'signature', 'publicKey'] as const)(
    'is refused at every byte of its %s, in whatever spelling',
    (member) => {
      const passed = [...changedOnce(receipt[member])].filter((text) => verifyReceipt({ ...receipt, [member]: text }).valid);
      expect(passed).toEqual([]);
    },
  );

  test('is refused with something behind it', () => {
    for (const member of ['payload', 'signature', 'publicKey'] as const)
      for (const more of ['=', '====', 'AAAA', '\n', ' ', '.'])
        expect(verifyReceipt({ ...receipt, [member]: receipt[member] + more })).toMatchObject({ valid: false });
  });

  test('is refused at every byte where it is one of a rule', () => {
    const rule: RuleContent = {
      type: 'aim.rule-receipt/1',
      name: 'reports',
      agentId: 'a-1',
      capability: 'file:read',
      resource: '/srv/*',
      decision: 'approve',
      reason: null,
      forSeconds: 60,
      decidedAt: '2026-11-23T03:00:09.000Z',
      reviewer: { id: 'u-1', email: null },
      server: 's',
      client: 'c',
    };
    const signed = signRule(rule, key);
    expect(verifyRule(signed, [key.publicKey])).toEqual({
      valid: true,
      content: rule,
      publicKey: key.publicKey,
      isKeyKnown: true,
    });
    for (const member of ['payload', 'signature', 'publicKey'] as const)
      expect([...changedOnce(signed[member])].filter((text) => verifyRule({ ...signed, [member]: text }).valid)).toEqual([]);
    // Neither passes for the other.
    expect(verifyReceipt(signed)).toMatchObject({ valid: false, code: 'malformed' });
    expect(verifyRule(receipt)).toMatchObject({ valid: false, code: 'malformed' });
    expect(verifyRule(signed, [generateSigningKey().publicKey])).toMatchObject({ valid: false, code: 'unknown-key' });
  });
});
