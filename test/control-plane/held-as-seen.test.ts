// `If-Match`: a change of what somebody else changed meanwhile is refused; without it everything is as before.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { agent as agentSchema } from '../../src/wire/agent.ts';
import { type Editable, revisionOf } from '../../src/wire/revision.ts';
import { openWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.stop());

const things: [
  kind: Editable,
  path: string,
  made: Record<string, unknown>,
  one: Record<string, unknown>,
  other: Record<string, unknown>,
][] = [
  [
    'agent',
    '/api/v1/agents',
    { name: 'held', displayName: 'Held', agentType: 'custom' },
    { description: 'one' },
    { description: 'two' },
  ],
  [
    'policy',
    '/api/v1/admin/security-policies',
    { name: 'held', policyType: 'capability_violation', enforcementAction: 'alert_only' },
    { priority: 1 },
    { priority: 2 },
  ],
  ['tag', '/api/v1/tags', { key: 'held', value: 'a' }, { key: 'held', value: 'b' }, { key: 'held', value: 'c' }],
];

test.each(things)(
  'a change of a %s that moved is refused, and nothing is overwritten',
  async (kind, path, made, one, other) => {
    const { body } = await world.admin.call('POST', path, made);
    const at = `${path}/${(body as { id: string }).id}`;
    const read = kind === 'agent' ? (agentSchema.parse(body) as Record<string, unknown>) : (body as Record<string, unknown>);
    const seen = { 'If-Match': `"${revisionOf(kind, read)}"` };
    expect((await world.admin.call('PUT', at, one, seen)).status).toBe(200);
    const refused = await world.admin.call('PUT', at, other, seen);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ reasonCode: 'changedMeanwhile' });
    expect((await world.admin.call('PUT', at, other)).status).toBe(200);
  },
);

test('rules of approval that moved are refused, and nothing is overwritten', async () => {
  const at = '/api/v1/admin/approval-settings';
  const read = (await world.admin.call('GET', at)).body as Record<string, unknown>;
  const seen = { 'If-Match': `"${revisionOf('approval-rules', read)}"` };
  expect((await world.admin.call('PUT', at, { approvalsNeeded: 2 }, seen)).status).toBe(200);
  const refused = await world.admin.call('PUT', at, { approvalsNeeded: 1 }, seen);
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ reasonCode: 'changedMeanwhile' });
  expect((await world.admin.call('GET', at)).body).toMatchObject({ approvalsNeeded: 2 });
});

test('scope and mode of a capability that moved are refused, and nothing is overwritten', async () => {
  const { body } = await world.admin.call('POST', '/api/v1/agents', { name: 'held-capability', agentType: 'custom' });
  const at = `/api/v1/agents/${(body as { id: string }).id}/capabilities`;
  const granted = await world.admin.call('POST', at, { capabilityType: 'files:write' });
  const seen = { 'If-Match': `"${revisionOf('capability', granted.body as Record<string, unknown>)}"` };
  const review = { capabilityType: 'files:write', executionMode: 'review', scope: { resources: ['/srv/*'] } };
  expect((await world.admin.call('POST', at, review, seen)).status).toBe(201);
  const refused = await world.admin.call('POST', at, { capabilityType: 'files:write', executionMode: 'auto' }, seen);
  expect(refused.status).toBe(409);
  expect((await world.admin.call('GET', at)).body).toMatchObject([
    { executionMode: 'review', capabilityScope: { resources: ['/srv/*'] } },
  ]);
});
