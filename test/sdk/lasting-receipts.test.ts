// Permissions and standing rules under an agent that demands receipts: used offline within what was signed, and refused in words beyond it.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { actionHash, actionMessage, type SignedAction, toSignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import { parseExact } from '../../src/crypto/exact-json.ts';
import { type ReceiptContent, signReceipt } from '../../src/crypto/receipt.ts';
import { type RuleContent, signRule } from '../../src/crypto/rule-receipt.ts';
import { AIMClient, VerificationError } from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';
import { type Stage, startStage } from './operator.ts';

const reviewer = generateSigningKey();
const second = generateSigningKey();
const stranger = generateSigningKey();
const agentId = '11111111-1111-4111-8111-111111111111';
const id = '22222222-2222-4222-8222-222222222222';
const hour = 3_600_000;
const at = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();
let moment = 0;

const receipt: Omit<ReceiptContent, 'actionHash'> = {
  type: 'aim.receipt/1',
  verificationId: 'first',
  decision: 'approve',
  agentId,
  reason: null,
  narrow: { uses: 3, durationSeconds: 600 },
  policy: null,
  displayed: '0'.repeat(64),
  openedAt: at(0),
  decidedAt: at(0),
  reviewer: { id: 'r1', email: null },
  server: 'http://127.0.0.1:1',
  client: 'test',
  interactive: true,
};

const rule: RuleContent = {
  type: 'aim.rule-receipt/1',
  name: 'reports',
  agentId,
  capability: 'file:read',
  resource: '/srv/reports/*',
  decision: 'approve',
  reason: null,
  forSeconds: 600,
  decidedAt: at(0),
  reviewer: { id: 'r1', email: null },
  server: 'http://127.0.0.1:1',
  client: 'test',
};

/** What the agent asked for first. Each is another one: their times differ. */
function firstAction(change: Partial<Record<string, unknown>> = {}): string {
  const {
    capability = 'file:read',
    resource = '/srv/reports/*',
    context = { uses: 5, duration_seconds: 3600 },
    by = agentId,
  } = change;
  const timestamp = new Date(Date.now() + moment++).toISOString();
  return actionMessage(toSignedAction({ capability, resource, context, agentId: by, timestamp } as never));
}

/** A server that answers every question with the same proof. */
async function answering(proof: object, reviewers = 1) {
  const server = await smallServer(({ body, url }, response) => {
    if (!url.endsWith('/verifications')) return answerJson(response, {});
    const { capability, resource, context, timestamp } = parseExact(body) as unknown as SignedAction;
    const hash = actionHash(actionMessage({ capability, agentId, context, resource, timestamp } as SignedAction));
    answerJson(
      response,
      { id, status: 'approved', actionHash: hash, riskLevel: 'high', enforcementMode: 'strict', ...proof },
      201,
    );
  });
  const agent = new AIMClient({
    agentId,
    privateKey: Buffer.alloc(32, 1).toString('base64'),
    aimUrl: server.url,
    requireReceipts: { reviewerKeys: [reviewer.publicKey, second.publicKey], riskLevels: ['high'], reviewers },
  });
  const read = (resource: string | null, capability = 'file:read') => {
    const action = vi.fn(() => 'ran');
    return agent.performAction(capability, { resource: resource ?? undefined, riskLevel: 'high' }, action).then(
      (value) => value,
      (error: unknown) => {
        expect(action).not.toHaveBeenCalled();
        expect(error).toBeInstanceOf(VerificationError);
        return (error as Error).message;
      },
    );
  };
  const stop = async (): Promise<void> => {
    await agent.close();
    await server.stop();
  };
  return { read, [Symbol.asyncDispose]: stop };
}

const granted = (signedBytes: string, change: Partial<ReceiptContent> = {}, by: SigningKey[] = [reviewer]) => ({
  granted: {
    verificationId: 'first',
    signedBytes: Buffer.from(signedBytes).toString('base64'),
    receipts: by.map((key, nth) =>
      signReceipt(
        { ...receipt, actionHash: actionHash(signedBytes), reviewer: { id: `r${nth}`, email: null }, ...change },
        key,
      ),
    ),
  },
});

describe('a use of a permission', () => {
  test('runs as often as was signed, the first action among them, and is refused after that, whatever the server says', async () => {
    await using agent = await answering(granted(firstAction()));
    expect(await agent.read('/srv/reports/may')).toBe('ran');
    expect(await agent.read('/srv/reports/june')).toBe('ran');
    expect(await agent.read('/srv/reports/july')).toMatch(/for 3 uses, and all are used\. The action did not run/);
  });

  test('counts every use where the first action was not one: less than that was given', async () => {
    await using agent = await answering(
      granted(firstAction(), { narrow: { uses: 1, durationSeconds: 60, resource: '/srv/reports/may' } }),
    );
    expect(await agent.read('/srv/reports/may')).toBe('ran');
    expect(await agent.read('/srv/reports/may')).toMatch(/for one use, and all are used/);
  });

  test('lasts as long as was signed where no number was', async () => {
    await using agent = await answering(granted(firstAction({ context: { duration_seconds: 60 } }), { narrow: null }));
    for (let time = 0; time < 5; time += 1) expect(await agent.read('/srv/reports/may')).toBe('ran');
  });

  test.each<[title: string, first: object, change: Partial<ReceiptContent>, resource: string | null, because: RegExp]>([
    ['for another action', { capability: 'file:write' }, {}, '/srv/reports/may', /It is for file:write/],
    ['for a pattern of actions', { capability: 'file:*' }, {}, '/srv/reports/may', /It is for file:\*/],
    ['outside of the resource', {}, {}, '/etc/shadow', /another resource/],
    ['that climbs out of it', {}, {}, '/srv/reports/../../etc/shadow', /another resource/],
    ['that climbs out of it in another spelling', {}, {}, '/srv/reports/%252e%252e/x', /another resource/],
    ['that names no resource', {}, {}, null, /another resource/],
    ['where it was given for none', { resource: null }, {}, '/srv/reports/may', /another resource/],
    [
      'outside of what the reviewer left',
      {},
      { narrow: { resource: '/srv/reports/may', uses: 3 } },
      '/srv/reports/june',
      /another resource/,
    ],
    ['after its time', {}, { decidedAt: at(-hour) }, '/srv/reports/may', /run out/],
    [
      'after the time that was asked for',
      { context: { duration_seconds: 60 } },
      { narrow: null, decidedAt: at(-hour) },
      '/srv/reports/may',
      /run out/,
    ],
    [
      'after a day where no time was said',
      {},
      { narrow: { uses: 3 }, decidedAt: at(-24 * hour) },
      '/srv/reports/may',
      /run out|is old/,
    ],
    [
      'where only uses were said, the next day',
      { context: { uses: 5 } },
      { narrow: null, decidedAt: at(-24 * hour) },
      '/srv/reports/may',
      /does not say how long/,
    ],
    [
      'before its start',
      {},
      { narrow: { startsAt: at(hour), uses: 3, durationSeconds: 60 } },
      '/srv/reports/may',
      /holds from/,
    ],
    ['of an approval of one action', { context: {} }, { narrow: null }, '/srv/reports/may', /one use/],
    ['of a denial', {}, { decision: 'deny' }, '/srv/reports/may', /says deny/],
    ['of another agent', { by: 'somebody-else' }, {}, '/srv/reports/may', /did not ask for/],
    ['signed for another agent', {}, { agentId: 'a2' }, '/srv/reports/may', /another agent/],
    ['of another request', {}, { verificationId: 'second' }, '/srv/reports/may', /another request/],
    ['of another action than it shows', {}, { actionHash: 'a'.repeat(64) }, '/srv/reports/may', /another action/],
    ['with a time that is none', {}, { decidedAt: 'soon' }, '/srv/reports/may', /run out|does not say/],
  ])('is refused %s', async (_, first, change, resource, because) => {
    await using agent = await answering(granted(firstAction(first), change));
    expect(await agent.read(resource)).toMatch(because);
  });

  test.each<[title: string, proof: object, because: RegExp]>([
    ['that nobody known has signed', granted(firstAction(), {}, [stranger]), /no known reviewer/],
    ['without a receipt', granted(firstAction(), {}, []), /carries none/],
    ['of bytes with a member twice', granted(firstAction().replace('{', '{"action_type": "file:read", ')), /did not ask for/],
    ['of bytes that are no action', granted('[]'), /did not ask for/],
    [
      'of bytes that are not text',
      { granted: { verificationId: 'first', signedBytes: '/////w==', receipts: [] } },
      /did not ask for/,
    ],
  ])('is refused %s', async (_, proof, because) => {
    await using agent = await answering(proof);
    expect(await agent.read('/srv/reports/may')).toMatch(because);
  });

  test('needs as many reviewers as are demanded', async () => {
    await using one = await answering(granted(firstAction()), 2);
    expect(await one.read('/srv/reports/may')).toMatch(/1 of 2 reviewers/);
    await using two = await answering(granted(firstAction(), {}, [reviewer, second]), 2);
    expect(await two.read('/srv/reports/may')).toBe('ran');
  });
});

describe('a decision of a standing rule', () => {
  const ruled = (change: Partial<RuleContent> = {}, by = reviewer) => ({
    ruled: { receipt: signRule({ ...rule, ...change }, by) },
  });

  test('runs while what was signed covers it', async () => {
    await using agent = await answering(ruled());
    expect(await agent.read('/srv/reports/may')).toBe('ran');
  });

  test.each<[title: string, proof: object, because: RegExp]>([
    ['that nobody known has signed', ruled({}, stranger), /no known reviewer/],
    ['that has ended', ruled({ decidedAt: at(-hour) }), /has ended/],
    ['that denies', ruled({ decision: 'deny' }), /says deny/],
    ['for another agent', ruled({ agentId: 'a2' }), /another agent/],
    ['for another action', ruled({ capability: 'file:write' }), /another action/],
    ['for another resource', ruled({ resource: '/srv/other/*' }), /another resource/],
    ['for what names no resource', ruled({ resource: null }), /another resource/],
    [
      'with the receipt of a request',
      { ruled: { receipt: signReceipt({ ...receipt, actionHash: 'a'.repeat(64) }, reviewer) } },
      /not a rule/,
    ],
    ['without a signature', { ruled: { receipt: null } }, /not a receipt/],
  ])('is refused %s', async (_, proof, because) => {
    await using agent = await answering(proof);
    expect(await agent.read('/srv/reports/may')).toMatch(because);
  });

  test('is one signature, and so not enough where two are demanded', async () => {
    await using agent = await answering(ruled(), 2);
    expect(await agent.read('/srv/reports/may')).toMatch(/1 of 2/);
  });
});

describe('against the real control plane', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.stop());

  test('the second use of a permission runs on the receipt of the first approval', async () => {
    const agent = await stage.agent('lasting', { requireReceipts: { reviewerKeys: [reviewer.publicKey] } });
    const me = await stage.api.me();
    const refund = () =>
      agent.performAction('payment:refund', { resource: 'ord_1', uses: 3, timeoutSeconds: 20 }, () => 'refunded');
    const decided = (async () => {
      const request = await stage.api.approvals.get(await stage.nextPending());
      const content = {
        ...receipt,
        verificationId: request.id,
        actionHash: request.binding?.actionHash ?? '',
        agentId: agent.agentId,
        narrow: { uses: 2, durationSeconds: 600 },
        reviewer: { id: me.id, email: null },
      };
      await stage.api.approvals.approve(request.id, {
        actionHash: content.actionHash,
        interactive: true,
        narrow: content.narrow,
        receipt: signReceipt(content, reviewer),
      });
    })();
    expect((await Promise.all([refund(), decided]))[0]).toBe('refunded');
    expect(await refund()).toBe('refunded');
    expect((await stage.api.approvals.list()).items).toEqual([]);
    // What was given is used up: a person is asked again.
    const third = refund().catch((error: unknown) => error);
    await stage.api.approvals.deny(await stage.nextPending(), { reason: 'enough' });
    expect(await third).toMatchObject({ message: expect.stringContaining('enough') });
  });

  test('a rule runs what its reviewer has signed, is refused unsigned, and hands nothing on of a key that was revoked', async () => {
    const agent = await stage.agent('ruled', { requireReceipts: { reviewerKeys: [reviewer.publicKey], riskLevels: ['high'] } });
    const me = await stage.api.me();
    const add = async (change: Partial<RuleContent>, key: SigningKey | null) => {
      const {
        type: _,
        decidedAt,
        reviewer: __,
        server: ___,
        client,
        ...members
      } = { ...rule, agentId: agent.agentId, ...change };
      const content = { ...rule, ...members, decidedAt, client, reviewer: { id: me.id, email: null } };
      const body = { ...members, ...(key === null ? {} : { receipt: signRule(content, key) }) };
      return (await stage.api.raw('POST', '/api/v1/admin/standing-rules', { body })).status;
    };
    const read = (resource: string) =>
      agent
        .performAction('file:read', { resource, riskLevel: 'high', timeoutSeconds: 5 }, () => 'ran')
        .catch((error: unknown) => (error as Error).message);
    expect(await add({ name: 'bare', resource: '/srv/bare' }, null)).toBe(201);
    expect(await read('/srv/bare')).toMatch(/carries none/);
    expect(await add({ name: 'signed', resource: '/srv/reports/*' }, reviewer)).toBe(201);
    expect(await read('/srv/reports/may')).toBe('ran');
    const { body } = await stage.api.raw('GET', '/api/v1/users/me/review-keys');
    const { keys } = body as { keys: { id: string }[] };
    for (const key of keys) await stage.api.raw('POST', `/api/v1/users/me/review-keys/${key.id}/revoke`, { body: {} });
    expect(await read('/srv/reports/june')).toMatch(/carries none/);
  });
});
