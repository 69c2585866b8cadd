// A receipt against the audit chain: that it stands there, that the chain holds, and that its decision was not taken back.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import type { Receipt } from '../../src/crypto/receipt.ts';
import { checkAuditExport } from '../../src/security-log/audit-export.ts';
import { placeOfReceipt } from '../../src/security-log/receipt-in-audit.ts';
import { openWorld, type Person, type TestAgent, type World } from '../control-plane/support/world.ts';
import { reviewerReceipt } from './reviewer-receipt.ts';

let world: World;
let agent: TestAgent;
let me: Person;
const key = generateSigningKey();

beforeAll(async () => {
  world = await openWorld();
  agent = await world.agent([], { by: await world.person('member') });
  me = await world.person('admin');
});
afterAll(() => world.stop());

async function approved(): Promise<{ id: string; receipt: Receipt }> {
  const asked = await agent.ask('file:write', { resource: '/srv/x', context: { requires_approval: true, n: randomUUID() } });
  const { id, actionHash } = asked.body;
  const receipt = reviewerReceipt({ id, actionHash, agent, by: me, at: Date.now() }, key);
  const body = { actionHash, receipt, interactive: true };
  expect((await me.call('POST', `/api/v1/admin/verifications/${id}/approve`, body)).body.status).toBe('approved');
  return { id, receipt };
}
const exported = async () => (await world.admin.call('GET', '/api/v1/admin/audit-logs/export?format=json')).body;

test('a receipt is found at the entry of its decision, in a chain that holds', async () => {
  const { receipt } = await approved();
  const log = await exported();
  expect(checkAuditExport([log], { keys: [key.publicKey] }).fault).toBeNull();
  expect(placeOfReceipt([log], receipt)).toMatchObject({ by: me.email, undoneAt: null });
});

test('a valid receipt that the server never had would have passed for a decision', async () => {
  const { id, receipt } = await approved();
  const other = reviewerReceipt({ id, actionHash: 'a'.repeat(64), agent, by: me, at: 0 }, key);
  const log = await exported();
  expect(placeOfReceipt([log], other)).toBeNull();
  const swapped = structuredClone(log);
  const entry = swapped.entries.find(({ metadata }: { metadata: string }) => metadata?.includes(receipt.signature));
  entry.metadata = entry.metadata.replace(receipt.payload, other.payload).replace(receipt.signature, other.signature);
  expect(placeOfReceipt([swapped], other)).not.toBeNull();
  expect(checkAuditExport([swapped]).fault?.fault).toBe('changed');
});

test('a decision that was taken back would have been proven by its receipt', async () => {
  const { id, receipt } = await approved();
  expect((await me.call('POST', `/api/v1/admin/verifications/${id}/undo`)).body.status).toBe('pending');
  expect(placeOfReceipt([await exported()], receipt)?.undoneAt).toMatch(/^\d{4}-/);
});
