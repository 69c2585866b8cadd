// An agent that demands receipts runs nothing that a pinned reviewer has not signed, whatever its server says.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { actionHash, actionMessage, type SignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import { parseExact } from '../../src/crypto/exact-json.ts';
import { type ReceiptContent, signReceipt } from '../../src/crypto/receipt.ts';
import { AIMClient, ConfigurationError, type ReceiptDemand, VerificationError } from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';
import { startStage } from './operator.ts';

const reviewer = generateSigningKey();
const second = generateSigningKey();
const stranger = generateSigningKey();
const agentId = '11111111-1111-4111-8111-111111111111';
const opened: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
});

type Lie = { by?: SigningKey[]; change?: Partial<ReceiptContent>; poll?: boolean; riskLevel?: string; isOnePerson?: boolean };

/** A server that approves everything, with receipts over what was asked, or over something else. */
async function approving(
  { by = [], change = {}, poll = false, riskLevel = 'critical', isOnePerson = false }: Lie,
  demand: Partial<ReceiptDemand> = {},
) {
  const id = '22222222-2222-4222-8222-222222222222';
  let approved: object = {};
  const server = await smallServer(({ method, body, url }, response) => {
    if (method === 'GET') return answerJson(response, approved);
    if (!url.endsWith('/verifications')) return answerJson(response, {});
    const { capability, resource, context, timestamp } = parseExact(body) as unknown as SignedAction;
    const hash = actionHash(actionMessage({ capability, agentId, context, resource, timestamp } as SignedAction));
    const content: ReceiptContent = {
      type: 'aim.receipt/1',
      verificationId: id,
      actionHash: hash,
      decision: 'approve',
      agentId,
      reason: null,
      narrow: null,
      policy: null,
      displayed: '0'.repeat(64),
      openedAt: new Date().toISOString(),
      decidedAt: new Date().toISOString(),
      reviewer: { id: 'r1', email: null },
      server: server.url,
      client: 'test',
      interactive: true,
      ...change,
    };
    const signed = (key: SigningKey) =>
      signReceipt({ ...content, reviewer: { id: isOnePerson ? 'r1' : key.publicKey, email: null } }, key);
    approved = { id, status: 'approved', actionHash: hash, riskLevel, receipts: by.map(signed) };
    answerJson(response, poll ? { id, status: 'pending', actionHash: hash } : approved, 201);
  });
  const agent = new AIMClient({
    agentId,
    privateKey: Buffer.alloc(32, 1).toString('base64'),
    aimUrl: server.url,
    requireReceipts: { reviewerKeys: [reviewer.publicKey, second.publicKey], ...demand },
  });
  opened.push({ stop: () => agent.close() }, server);
  return { agent, server };
}

const hour = 3_600_000;

describe('an action that needs a receipt', () => {
  test.each<[title: string, lie: Lie, demand: Partial<ReceiptDemand>]>([
    ['with the signature of a pinned reviewer', { by: [reviewer] }, {}],
    ['after a wait for it', { by: [reviewer], poll: true }, {}],
    ['with a signature beside one that does not count', { by: [stranger, second] }, {}],
    ['with as many reviewers as are demanded', { by: [reviewer, second] }, { reviewers: 2 }],
    ['narrowed to what was asked', { by: [reviewer], change: { narrow: { resource: 'ord_1', uses: 1 } } }, {}],
  ])('runs %s', async (_, lie, demand) => {
    const { agent, server } = await approving(lie, demand);
    await expect(agent.performAction('payment:refund', { resource: 'ord_1' }, () => 'ran')).resolves.toBe('ran');
    // A person is asked, because nobody else can sign.
    expect(server.received.find(({ url }) => url.endsWith('/verifications'))?.body).toContain('"requires_approval":true');
  });

  test.each<[title: string, lie: Lie, demand: Partial<ReceiptDemand>, because: RegExp]>([
    ['without one', {}, {}, /carries none/],
    ['after a wait, without one', { poll: true }, {}, /carries none/],
    ['signed by somebody else', { by: [stranger] }, {}, /no known reviewer/],
    ['over another action', { by: [reviewer], change: { actionHash: 'a'.repeat(64) } }, {}, /another action/],
    ['over another request', { by: [reviewer], change: { verificationId: 'v2' } }, {}, /another request/],
    ['over a denial', { by: [reviewer], change: { decision: 'deny' } }, {}, /says deny/],
    ['over another agent', { by: [reviewer], change: { agentId: 'a2' } }, {}, /another agent/],
    ['for another resource', { by: [reviewer], change: { narrow: { resource: 'ord_2' } } }, {}, /another resource/],
    [
      'from tomorrow on',
      { by: [reviewer], change: { narrow: { startsAt: new Date(Date.now() + 24 * hour).toISOString() } } },
      {},
      /holds from/,
    ],
    [
      'that has run out',
      { by: [reviewer], change: { narrow: { durationSeconds: 60 }, decidedAt: new Date(Date.now() - hour).toISOString() } },
      {},
      /run out/,
    ],
    [
      'signed with two keys of one person where two people are demanded',
      { by: [reviewer, second], isOnePerson: true },
      { reviewers: 2 },
      /1 of 2/,
    ],
    ['signed twice by one where two are demanded', { by: [reviewer, reviewer] }, { reviewers: 2 }, /1 of 2/],
  ])('does not run %s', async (_, lie, demand, because) => {
    const { agent } = await approving(lie, demand);
    const action = vi.fn();
    const error = await agent
      .performAction('payment:refund', { resource: 'ord_1' }, action)
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(VerificationError);
    expect(error).toMatchObject({ code: 'approval.no-receipt', message: expect.stringMatching(because) });
    expect(action).not.toHaveBeenCalled();
  });

  test('is also one that only the server calls critical', async () => {
    const { agent } = await approving({});
    await expect(agent.performAction('db:read', () => 'ran')).rejects.toMatchObject({ code: 'approval.no-receipt' });
  });

  test('is none of a lower level', async () => {
    const { agent, server } = await approving({ riskLevel: 'low' });
    await expect(agent.performAction('db:read', () => 'ran')).resolves.toBe('ran');
    expect(server.received[0]?.body).not.toContain('requires_approval');
  });
});

describe('against the real control plane', () => {
  test('runs what a pinned reviewer has signed, and nothing that was approved without a signature', async () => {
    const stage = await startStage();
    opened.push(stage);
    const agent = await stage.agent('careful', { requireReceipts: { reviewerKeys: [reviewer.publicKey] } });
    const me = await stage.api.me();
    const decide = async (isSigned: boolean): Promise<void> => {
      const request = await stage.api.approvals.get(await stage.nextPending());
      const at = new Date().toISOString();
      const content: ReceiptContent = {
        type: 'aim.receipt/1',
        verificationId: request.id,
        actionHash: request.binding?.actionHash ?? '',
        decision: 'approve',
        agentId: agent.agentId,
        reason: 'fine',
        narrow: null,
        policy: null,
        displayed: '0'.repeat(64),
        openedAt: at,
        decidedAt: at,
        reviewer: { id: me.id, email: null },
        server: stage.url,
        client: 'test',
        interactive: false,
      };
      await stage.api.approvals.approve(request.id, {
        reason: 'fine',
        actionHash: content.actionHash,
        interactive: false,
        ...(isSigned && { receipt: signReceipt(content, reviewer) }),
      });
    };
    const refund = (order: string) => agent.performAction('payment:refund', { resource: order }, () => `refunded ${order}`);
    const [signed] = await Promise.all([refund('ord_1'), decide(true)]);
    expect(signed).toBe('refunded ord_1');
    const unsigned = refund('ord_2').catch((error: unknown) => error);
    await decide(false);
    expect(await unsigned).toMatchObject({ code: 'approval.no-receipt' });
  });
});

test.each<[title: string, demand: ReceiptDemand]>([
  ['no keys', { reviewerKeys: [] }],
  ['a key that is none', { reviewerKeys: ['abc'] }],
  ['more reviewers than keys', { reviewerKeys: [reviewer.publicKey], reviewers: 2 }],
])('a demand with %s is refused at once', (_, requireReceipts) => {
  const options = {
    agentId,
    privateKey: Buffer.alloc(32, 1).toString('base64'),
    aimUrl: 'http://127.0.0.1:9',
    requireReceipts,
  };
  expect(() => new AIMClient(options)).toThrow(ConfigurationError);
});
