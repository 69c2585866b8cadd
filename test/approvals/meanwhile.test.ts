// What happens to a request while it waits, and that reviewers are told of it as it is.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type Person, type TestAgent, type World } from '../control-plane/support/world.ts';

let world: World;
let agent: TestAgent;
let first: Person;
let clock = Date.now();
const NOW = () => clock;

beforeAll(async () => {
  world = await openWorld({ clock: NOW });
  agent = await world.agent([], { by: await world.person('member') });
  first = await world.person('admin');
  await world.admin.call('PUT', '/api/v1/admin/approval-settings', {
    rules: [{ name: 'two', capability: 'two:*', approvalsNeeded: 2, ownerMayReview: 'yes' }],
  });
});
afterAll(() => world.stop());

async function waiting(capability: string, context: object = {}): Promise<string> {
  const { body } = await agent.ask(capability, {
    resource: '/srv/x',
    context: { requires_approval: true, nonce: randomUUID(), ...context },
    timestamp: new Date(clock).toISOString(),
  });
  expect(body.status).toBe('pending');
  return body.id;
}
const decide = (id: string, verb: 'approve' | 'deny', body: object = {}) =>
  first.call('POST', `/api/v1/admin/verifications/${id}/${verb}`, body);
const show = async (id: string) => (await first.call('GET', `/api/v1/admin/verifications/${id}`)).body;
const closing = (capability: string) => ({
  name: `closes ${capability}`,
  policyType: 'unauthorized_access',
  enforcementAction: 'block_and_alert',
  severityThreshold: 'low',
  priority: 1,
  appliesTo: 'all',
  isEnabled: true,
  rules: { denied_capabilities: [capability] },
});

test('a policy that closes it meanwhile would have been told to the agent alone, after somebody approved in vain', async () => {
  const id = await waiting('late:policy');
  expect(await show(id)).toMatchObject({ status: 'pending', blockedBecause: null });
  const policy = await world.admin.call('POST', '/api/v1/admin/security-policies', closing('late:policy'));
  expect((await show(id)).blockedBecause).toContain('policy closes late:policy');
  const refused = await decide(id, 'approve');
  expect(refused).toMatchObject({ status: 409, body: { reasonCode: 'blocked', current: { status: 'pending' } } });
  expect(refused.body.error).toContain('An approval would change nothing');
  await world.admin.call('DELETE', `/api/v1/admin/security-policies/${policy.body.id}`);
  expect((await decide(id, 'approve')).body.status).toBe('approved');
});

test('a policy that stood in the way when it asked is what the reviewer overrules', async () => {
  const policy = await world.admin.call('POST', '/api/v1/admin/security-policies', closing('early:policy'));
  const id = await waiting('early:policy');
  expect((await show(id)).blockedBecause).toBeNull();
  expect((await decide(id, 'approve')).body.status).toBe('approved');
  await world.admin.call('DELETE', `/api/v1/admin/security-policies/${policy.body.id}`);
});

const endings: Record<string, () => unknown> = {
  'that ends undecided': () => {
    clock += 61_000;
  },
  'whose agent is deleted': () => world.admin.call('DELETE', `/api/v1/agents/${agent.id}`),
};

test.each(Object.keys(endings))('a request %s would have lost its reviews in the stream', async (ending) => {
  const id = await waiting('two:keys', { timeout_seconds: 60 });
  await decide(id, 'approve', { reason: 'looks right' });
  const heard = lastOf(id);
  await endings[ending]?.();
  const subject = await heard;
  expect(subject.quorum.reviews).toMatchObject([{ byEmail: first.email, decision: 'approve', reason: 'looks right' }]);
});

/** The first event of this request that says that it waits no longer. */
async function lastOf(id: string) {
  const response = await fetch(`${world.url}/api/v1/events/stream?types=approval`, {
    headers: { Authorization: `Bearer ${first.accessToken}` },
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (const [, line = '{}'] of text.matchAll(/^data: ?(.*)\n/gm)) {
      const { subject } = JSON.parse(line);
      if (subject?.id === id && subject.status !== 'pending') return subject;
    }
  }
  throw new Error('The stream ended.');
}
