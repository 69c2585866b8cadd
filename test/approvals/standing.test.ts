// Rules that decide in a reviewer's place, and the mode that lets everything pass: both end by themselves, and say their name.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { type RuleContent, signRule } from '../../src/crypto/rule-receipt.ts';
import { placeOfReceipt } from '../../src/security-log/receipt-in-audit.ts';
import { openWorld, type Person, type TestAgent, until, type World } from '../control-plane/support/world.ts';

let world: World;
let agent: TestAgent;
let owner: Person;
let clock = Date.now();
const path = '/api/v1/admin/standing-rules';

beforeAll(async () => {
  world = await openWorld({ clock: () => clock });
  owner = await world.person('admin');
  agent = await world.agent([], { by: owner });
  await world.admin.call('PUT', '/api/v1/admin/approval-settings', {
    rules: [
      { name: 'two', capability: 'pay:send', approvalsNeeded: 2 },
      { name: 'code', capability: 'code:it', steps: ['matching-code'] },
    ],
  });
});
afterAll(() => world.stop());

const add = (members: object, by: Person = world.admin) =>
  by.call('POST', path, { name: 'reports', agentId: agent.id, decision: 'approve', ...members });
const ask = async (capability: string, resource: string | null, context: object = {}) =>
  (
    await agent.ask(capability, {
      resource,
      context: { requires_approval: true, n: randomUUID(), ...context },
      timestamp: new Date(clock).toISOString(),
    })
  ).body;

describe('a standing rule', () => {
  test('decides what it names and nothing else, names itself and its reviewer, and is counted', async () => {
    const { body } = await add({ capability: 'file:read', resource: '/srv/reports/*', name: 'reports' });
    const decided = await ask('file:read', '/srv/reports/may');
    expect(decided).toMatchObject({
      status: 'approved',
      rule: 'standing-rule:reports',
      approvedBy: `rule reports of ${world.admin.email}`,
    });
    for (const [capability, resource] of [
      ['file:read', '/srv/other'],
      ['file:read', '/srv/reports/../secrets'],
      ['file:read', '/srv/reports/*'],
      ['file:read', null],
      ['file:write', '/srv/reports/may'],
      ['file:*', '/srv/reports/may'],
    ] as const)
      expect([capability, resource, (await ask(capability, resource)).status]).toEqual([capability, resource, 'pending']);
    const { body: listed } = await world.admin.call('GET', path);
    expect(listed.rules[0]).toMatchObject({ id: body.id, used: 1, reviewer: world.admin.email, endedAt: null });
    const poll = await world.call('GET', `/api/v1/sdk-api/verifications/${decided.id}`);
    expect(poll.body.status).toBe('approved');
  });

  test('would have decided for ever: it ends by itself, and in one step', async () => {
    await add({ capability: 'mail:list', resource: 'inbox', forSeconds: 600 });
    const { body } = await add({ capability: 'mail:read', resource: 'inbox' });
    expect((await ask('mail:list', 'inbox')).status).toBe('approved');
    expect((await ask('mail:read', 'inbox')).status).toBe('approved');
    await world.admin.call('POST', `${path}/${body.id}/end`, { reason: 'enough' });
    expect((await ask('mail:read', 'inbox')).status).toBe('pending');
    clock += 601_000;
    expect((await ask('mail:list', 'inbox')).status).toBe('pending');
    expect((await add({ capability: 'mail:list', forSeconds: 365 * 86_400 })).status).toBe(400);
  });

  test.each<[title: string, members: object, status: number]>([
    ['for every action of a kind', { capability: 'file:*' }, 400],
    ['for what needs two reviewers', { capability: 'pay:send' }, 409],
    ['for what needs a matching code', { capability: 'code:it' }, 409],
    ['for what is critical', { capability: 'db:drop' }, 409],
    ['under a name that could be a sentence', { capability: 'file:stat', name: 'ok\n approved' }, 400],
  ])('would have been made %s', async (_, members, status) => {
    expect((await add(members)).status).toBe(status);
  });

  test('would have been made by who answers for the agent', async () => {
    expect((await add({ capability: 'file:stat' }, owner)).body.reasonCode).toBe('noStandingRule');
  });

  test('says before what it changes, and changes nothing then', async () => {
    for (const n of [1, 2]) await ask('file:stat', '/a', { n });
    const { body } = await add({ capability: 'file:stat', resource: '/a', dryRun: true });
    expect(body.changes).toMatchObject({
      before: 'waits for a person',
      after: 'approved without a person',
      asked: 2,
      waiting: 2,
    });
    expect((await ask('file:stat', '/a')).status).toBe('pending');
  });

  test('made before policy asked for two reviewers would have stood in for both', async () => {
    await add({ capability: 'file:copy', resource: '/a' });
    expect((await ask('file:copy', '/a')).status).toBe('approved');
    await world.admin.call('PUT', '/api/v1/admin/approval-settings', { rules: [{ name: 'now two', approvalsNeeded: 2 }] });
    expect((await ask('file:copy', '/a')).status).toBe('pending');
    await world.admin.call('PUT', '/api/v1/admin/approval-settings', { rules: [] });
  });

  test('of somebody who left would have gone on deciding', async () => {
    const leaving = await world.person('admin');
    await add({ capability: 'file:move', resource: '/a' }, leaving);
    expect((await ask('file:move', '/a')).status).toBe('approved');
    await world.admin.call('POST', `/api/v1/admin/users/${leaving.id}/deactivate`);
    expect((await ask('file:move', '/a')).status).toBe('pending');
  });

  test('that denies goes before one that approves, and its reason is told', async () => {
    await add({ capability: 'file:link', resource: '/a/*', name: 'yes' });
    await add({ capability: 'file:link', resource: '/a/b', decision: 'deny', reason: 'not this one', name: 'no' });
    expect(await ask('file:link', '/a/b')).toMatchObject({ status: 'denied', denialReason: 'not this one' });
    expect((await ask('file:link', '/a/c')).status).toBe('approved');
  });
});

describe('the signature over a standing rule', () => {
  const key = generateSigningKey();
  const said = (change: Partial<RuleContent> = {}): RuleContent => ({
    type: 'aim.rule-receipt/1',
    name: 'signed',
    agentId: agent.id,
    capability: 'doc:read',
    resource: '/docs/*',
    decision: 'approve',
    reason: null,
    forSeconds: 3600,
    decidedAt: new Date(clock).toISOString(),
    reviewer: { id: world.admin.id, email: null },
    server: 's',
    client: 'c',
    ...change,
  });
  const sent = { name: 'signed', capability: 'doc:read', resource: '/docs/*', forSeconds: 3600 };

  test('is kept, is handed to the agent with what the rule decides, and stands in the audit chain', async () => {
    const receipt = signRule(said(), key);
    expect((await add({ ...sent, receipt })).body).toMatchObject({ signed: true });
    const decided = await ask('doc:read', '/docs/a');
    expect(decided).toMatchObject({ status: 'approved', ruled: { receipt } });
    expect(decided.receipts).toBeUndefined();
    const { body: log } = await world.admin.call('GET', '/api/v1/admin/audit-logs/export?format=json');
    expect(placeOfReceipt([log], receipt)).toMatchObject({ by: world.admin.email, undoneAt: null });
  });

  test.each<[title: string, change: Partial<RuleContent>]>([
    ['another name', { name: 'other' }],
    ['another agent', { agentId: 'a2' }],
    ['another action', { capability: 'doc:write' }],
    ['another resource', { resource: null }],
    ['another decision', { decision: 'deny' }],
    ['another reason', { reason: 'because' }],
    ['another end', { forSeconds: 7200 }],
    ['another reviewer', { reviewer: { id: 'somebody', email: null } }],
    ['another time', { decidedAt: '2020-01-01T00:00:00.000Z' }],
  ])('over %s than was sent is refused, and the rule is not made', async (_, change) => {
    const { status } = await add({ ...sent, name: 'signed', receipt: signRule(said(change), key) });
    expect(status).toBe(400);
  });

  test('that was changed is refused', async () => {
    const receipt = signRule(said(), key);
    expect(
      (await add({ ...sent, receipt: { ...receipt, signature: signRule(said({ name: 'x' }), key).signature } })).status,
    ).toBe(400);
  });
});

test('monitoring would have let everything pass for ever: it ends by itself, and that is in the audit log', async () => {
  const admin = await world.signIn(world.admin.email, world.admin.password);
  const set = await admin.call('PUT', '/api/v1/admin/enforcement-settings', { enforcementMode: 'monitoring', forSeconds: 120 });
  expect(set.body.until).toBe(new Date(clock + 120_000).toISOString());
  clock += 121_000;
  const mode = () => admin.call('GET', '/api/v1/admin/enforcement-settings');
  await until(async () => (await mode()).body.enforcementMode === 'strict');
  const { body } = await admin.call('GET', '/api/v1/admin/audit-logs?entity_type=settings&limit=5');
  expect(JSON.stringify(body.logs)).toContain('The time of monitoring is over.');
});
