// An export of the control plane's audit log, checked without it: nothing that is changed, removed or moved goes unseen.

import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyActions } from '../../commands/verify/actions.ts';
import { entryHash } from '../../src/control-plane/audit/chain.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { type ReceiptContent, signReceipt } from '../../src/crypto/receipt.ts';
import { checkAuditExport } from '../../src/security-log/audit-export.ts';
import { startTestControlPlane } from '../../src/testing/control-plane.ts';

type Entry = Parameters<typeof entryHash>[0] & { hash: string };
let entries: Entry[];

beforeAll(async () => {
  const plane = await startTestControlPlane();
  const signIn = await fetch(`${plane.url}/api/v1/public/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(plane.admin),
  });
  const { accessToken } = (await signIn.json()) as { accessToken: string };
  const authorization = `Bearer ${accessToken}`;
  for (const name of ['one', 'two']) {
    await fetch(`${plane.url}/api/v1/tags`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ key: name, value: 'x', category: 'environment' }),
    });
  }
  const exported = await fetch(`${plane.url}/api/v1/admin/audit-logs/export?format=json`, { headers: { authorization } });
  entries = ((await exported.json()) as { entries: Entry[] }).entries;
  await plane.stop();
});

const changed = (how: (entries: Entry[]) => Entry[]) => checkAuditExport([{ entries: how(structuredClone(entries)) }]);
const bySequence = (list: Entry[]) => list.toSorted((a, b) => a.sequence - b.sequence);

describe('an export', () => {
  test('of a server is whole, in any order and in overlapping pieces', () => {
    const whole = checkAuditExport([{ entries }]);
    expect(whole).toMatchObject({ valid: true, checked: entries.length, first: 1, before: '0'.repeat(64), fault: null });
    expect(entries.length).toBeGreaterThanOrEqual(3);
    expect(checkAuditExport([{ entries: entries.slice(1) }, { entries: entries.slice(0, 2) }])).toEqual(whole);
  });

  test('of the later part alone says what it follows', () => {
    const [first, second] = bySequence(entries);
    expect(checkAuditExport([{ entries: bySequence(entries).slice(1) }])).toMatchObject({
      ...{ valid: true, first: 2, before: first?.hash },
    });
    expect(second?.previousHash).toBe(first?.hash);
  });

  test.each<[string, (list: Entry[]) => Entry[], object]>([
    [
      'a changed member',
      (list) => list.map((one) => (one.sequence === 2 ? { ...one, action: 'nothing' } : one)),
      { sequence: 2, fault: 'changed' },
    ],
    ['a removed entry', (list) => list.filter(({ sequence }) => sequence !== 2), { sequence: 2, fault: 'missing', id: null }],
    ['a rewritten entry', (list) => list.map((one) => rewritten(one, 2)), { sequence: 3, fault: 'reordered' }],
    [
      'a second entry of one number',
      (list) => [...list, rewritten(list.find(({ sequence }) => sequence === 2) as Entry, 2)],
      { sequence: 2, fault: 'reordered' },
    ],
  ])('with %s is broken there', (_, how, expected) => {
    expect(changed(how)).toMatchObject({ valid: false, fault: expected });
  });

  test('without the head that was noted is not what it was', () => {
    expect(checkAuditExport([{ entries }], { head: entries[0]?.hash }).valid).toBe(true);
    expect(checkAuditExport([{ entries }], { head: 'f'.repeat(64) })).toMatchObject({ valid: false, fault: { fault: 'head' } });
  });

  test.each([[{}], [{ entries: [{}] }], [[]], [null], [{ entries: 'x' }]])('is not %j', (junk) => {
    expect(() => checkAuditExport([junk])).toThrow();
  });
});

describe('the receipt of a decision', () => {
  const key = generateSigningKey();
  const content: ReceiptContent = {
    ...{ type: 'aim.receipt/1', verificationId: 'v-1', actionHash: 'a'.repeat(64), decision: 'approve', agentId: 'a-1' },
    ...{ reason: null, narrow: null, policy: null, displayed: 'b'.repeat(64), openedAt: '', decidedAt: '' },
    ...{ reviewer: { id: 'u-1', email: null }, server: '', client: '', interactive: true },
  };
  const decision = (resourceId: string, receipt: unknown): Entry => {
    const [last] = bySequence(entries).slice(-1) as [Entry];
    const metadata = JSON.stringify({ receipt });
    const entry = {
      ...last,
      sequence: last.sequence + 1,
      previousHash: last.hash,
      action: 'approve',
      resourceType: 'verification',
    };
    const placed = { ...entry, resourceId, metadata } as Entry;
    return { ...placed, hash: entryHash(placed) };
  };
  const check = (entry: Entry, keys: string[] = []) => checkAuditExport([{ entries: [...entries, entry] }], { keys });

  test('holds where it is about that decision', () => {
    expect(check(decision('v-1', signReceipt(content, key)))).toMatchObject({ valid: true, decisions: 1, receipts: 1 });
    expect(check(decision('v-1', null))).toMatchObject({ valid: true, decisions: 1, receipts: 0 });
  });

  test.each<[string, () => Entry, string[]]>([
    ['another request', () => decision('v-2', signReceipt(content, key)), []],
    ['another decision', () => decision('v-1', signReceipt({ ...content, decision: 'deny' }, key)), []],
    ['a changed text', () => decision('v-1', { ...signReceipt(content, key), payload: 'e30=' }), []],
    ['an unknown reviewer', () => decision('v-1', signReceipt(content, key)), [generateSigningKey().publicKey]],
  ])('of %s breaks the export there', (_, entry, keys) => {
    expect(check(entry(), keys)).toMatchObject({ valid: false, fault: { fault: 'receipt' } });
  });
});

/** With a hash of its own that fits: whoever can write can also hash. */
function rewritten(entry: Entry, sequence: number): Entry {
  if (entry.sequence !== sequence) return entry;
  const other = { ...entry, userAgent: 'somebody else' };
  return { ...other, hash: entryHash(other) };
}

test('an export that is given for a receipt is refused with the command that checks it', async () => {
  const [verify] = verifyActions as unknown as [{ run(context: object, args: object, options: object): Promise<unknown> }];
  const io = { stdin: Readable.from([JSON.stringify({ entries })]) };
  await expect(verify.run({ io }, { file: '-' }, { key: [], audit: [] })).rejects.toMatchObject({
    code: 'receipt.export',
    next: expect.stringContaining('aim audit check -'),
  });
});
