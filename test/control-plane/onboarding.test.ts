// Agents that come in by a token, and secrets that are sealed for them: once, in time, by whoever may, and on the record.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { openWorld, type Person, type TestAgent, until, type World } from './support/world.ts';

let world: World;
let member: Person;
let later = 0;
beforeAll(async () => {
  world = await openWorld({ clock: () => Date.now() + later });
  member = await world.person('member');
});
afterAll(() => world.stop());

const tokens = '/api/v1/onboarding/bootstrap-tokens';
const audited = async (resourceType: string, resourceId: string): Promise<string[]> => {
  const { body } = await world.admin.call(
    'GET',
    `/api/v1/admin/audit-logs?entity_type=${resourceType}&entity_id=${resourceId}`,
  );
  return body.logs.map(({ action }: { action: string }) => action).reverse();
};

describe('a bootstrap token', () => {
  const make = async (options: object = {}, by = member) => (await by.call('POST', tokens, options)).body;
  const exchange = (token: string, name = `by-token-${randomUUID().slice(0, 8)}`, where = `${tokens}/exchange`) =>
    world.call(
      'POST',
      where,
      { name, agentType: 'claude', publicKey: generateSigningKey().publicKey },
      { 'X-AIM-Bootstrap-Token': token },
    );

  test('registers one agent, which its maker answers for, and is on the record', async () => {
    const { id, token } = await make({ name: 'for the build' });
    expect(token).toMatch(/^aim_ob_/);
    const { status, body } = await exchange(token, 'built');
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({
        name: 'built',
        status: 'pending',
        agentType: 'claude',
        createdBy: member.id,
        agentId: body.id,
      }),
    ]);
    expect(await audited('bootstrap_token', id)).toEqual(['create', 'use']);
    const { body: listed } = await member.call('GET', tokens);
    expect(listed.tokens[0]).toMatchObject({ id, status: 'used', usedByAgentId: body.id });
    expect(JSON.stringify(listed)).not.toContain(token);
    expect((await member.call('POST', `${tokens}/${id}/revoke`)).status).toBe(409);
  });

  test.each<[title: string, prepare: () => Promise<string>, status: number, code: string]>([
    ['that nobody made', async () => 'aim_ob_nothing', 401, 'bootstrap_token_invalid'],
    ['that is missing', async () => '', 401, 'bootstrap_token_invalid'],
    [
      'that was used',
      async () => {
        const { token } = await make();
        await exchange(token);
        return token;
      },
      401,
      'bootstrap_token_used',
    ],
    [
      'that was revoked',
      async () => {
        const { id, token } = await make();
        await member.call('POST', `${tokens}/${id}/revoke`);
        return token;
      },
      401,
      'bootstrap_token_revoked',
    ],
    ['for another name', async () => (await make({ agentName: 'only-this' })).token, 403, 'bootstrap_token_invalid'],
    [
      'of somebody who was kept out since',
      async () => {
        const leaving = await world.person('member');
        const { token } = await make({}, leaving);
        await world.admin.call('POST', `/api/v1/admin/users/${leaving.id}/deactivate`);
        return token;
      },
      401,
      'bootstrap_token_invalid',
    ],
  ])('%s registers nobody', async (_, prepare, status, code) => {
    const token = await prepare();
    const before = (await world.admin.call('GET', '/api/v1/agents')).body.total;
    const answer = await exchange(token);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ code, reasonCode: code })]);
    expect((await world.admin.call('GET', '/api/v1/agents')).body.total).toBe(before);
  });

  test('that is old registers nobody', async () => {
    const { token } = await make({ ttlSeconds: 60 });
    later = 61_000;
    const answer = await exchange(token);
    later = 0;
    expect([answer.status, answer.body.code]).toEqual([401, 'bootstrap_token_expired']);
  });

  test('that stood in an address is refused, and good no more', async () => {
    const { id, token } = await make();
    const answer = await exchange('', 'in-address', `${tokens}/exchange?token=${token}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'bootstrap_token_in_url']);
    expect((await exchange(token)).body.code).toBe('bootstrap_token_revoked');
    expect(await audited('bootstrap_token', id)).toEqual(['create', 'revoke']);
  });

  test('is still good where the name was taken', async () => {
    const { token } = await make();
    const taken = (await world.agent()).name;
    expect((await exchange(token, taken)).status).toBe(409);
    expect((await exchange(token)).status).toBe(201);
  });

  test('used by two at once lets one of them in', async () => {
    const { token } = await make();
    const answers = await Promise.all([exchange(token), exchange(token), exchange(token)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401, 401]);
  });

  test('is ended by its maker or a manager, by no other member', async () => {
    const { id } = await make();
    expect((await (await world.person('member')).call('POST', `${tokens}/${id}/revoke`)).status).toBe(404);
    expect((await (await world.person('manager')).call('POST', `${tokens}/${id}/revoke`)).body.status).toBe('revoked');
  });
});

describe('a secret of an agent', () => {
  const path = '/api/v1/secrets';
  // What is inside was sealed elsewhere; the server only keeps it.
  const sealed = {
    encryptedBlob: Buffer.from('sealed').toString('base64'),
    ephemeralPublicKey: generateSigningKey().publicKey,
  };
  let agent: TestAgent;
  let id: string;
  beforeAll(async () => {
    agent = await world.agent([], { by: member });
    const { status, body } = await member.call('POST', `${path}/namespaces`, {
      agentId: agent.id,
      namespace: 'github',
      operations: ['read'],
      urlPatterns: ['https://api.github.com/*'],
    });
    expect([status, body.hasCredential]).toEqual([201, false]);
    id = body.id;
    expect((await ask(agent, 'github')).status).toBe(404);
    expect((await member.call('POST', `${path}/namespaces/${id}/credentials`, sealed)).status).toBe(201);
  });

  const stamp = (at = Date.now()) => `${new Date(at).toISOString().slice(0, 19)}.000000000Z:${randomUUID()}`;
  function ask(by: TestAgent, namespace: string, { operation = 'read', nonce = stamp(), signs = '' } = {}) {
    const signature = by.key.sign(`${namespace}|${signs || operation}|${nonce}`);
    return by.call('POST', `${path}/resolve`, { namespace, operation, nonce, signature, agentPublicKey: by.key.publicKey });
  }

  test('is handed to the agent as it was sealed', async () => {
    const { status, body } = await ask(agent, 'github');
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        encryptedBlob: sealed.encryptedBlob,
        ephemeralPubKey: sealed.ephemeralPublicKey,
        encryptionAlg: 'X25519-ChaCha20-Poly1305',
      }),
    ]);
  });

  test.each<[title: string, act: () => ReturnType<typeof ask>, status: number, reasonCode: string]>([
    ['for an operation that was not allowed', () => ask(agent, 'github', { operation: 'write' }), 403, 'operationNotAllowed'],
    ['signed for another operation', () => ask(agent, 'github', { signs: 'write' }), 401, 'signatureInvalid'],
    ['signed a minute ago', () => ask(agent, 'github', { nonce: stamp(Date.now() - 61_000) }), 401, 'timestampOutsideWindow'],
    [
      'with a nonce that tells no time',
      () => ask(agent, 'github', { nonce: `x:${randomUUID()}` }),
      401,
      'timestampOutsideWindow',
    ],
    ['of another agent', async () => ask(await world.agent(), 'github'), 404, 'notFound'],
    [
      'by an agent that nobody verified',
      async () => {
        const pending = await world.agent([], { verified: false });
        await world.admin.call('POST', `${path}/namespaces`, { agentId: pending.id, namespace: 'x' });
        return ask(pending, 'x');
      },
      403,
      'agentStatusDenied',
    ],
  ])('is not handed out %s', async (_, act, status, reasonCode) => {
    const answer = await act();
    expect([answer.status, answer.body.reasonCode]).toEqual([status, reasonCode]);
  });

  test('is not handed out twice for one nonce', async () => {
    const nonce = stamp();
    expect((await ask(agent, 'github', { nonce })).status).toBe(200);
    expect((await ask(agent, 'github', { nonce })).body.reasonCode).toMatch(/nonceReused|requestReplayed/);
  });

  test('is not handed to a key for which it was not sealed', async () => {
    const rotating = await world.agent([], { by: member });
    const made = await member.call('POST', `${path}/namespaces`, { agentId: rotating.id, namespace: 'github' });
    await member.call('POST', `${path}/namespaces/${made.body.id}/credentials`, sealed);
    const key = generateSigningKey();
    await member.call('PUT', `/api/v1/agents/${rotating.id}/keys`, { publicKey: key.publicKey });
    const { asAgent } = await import('./support/world.ts');
    const renewed = asAgent(world.url, rotating.id, rotating.name, key);
    expect((await ask(renewed, 'github')).body.reasonCode).toBe('sealedForOtherKey');
    await member.call('POST', `${path}/namespaces/${made.body.id}/rotate`, sealed);
    expect((await ask(renewed, 'github')).body.version).toBe(2);
  });

  test('is reached by whoever answers for the agent and by managers, by no other member', async () => {
    const other = await world.person('member');
    const manager = await world.person('manager');
    expect((await other.call('GET', `${path}/namespaces/${id}`)).body.reasonCode).toBe('notTheOwner');
    expect((await other.call('GET', `${path}/namespaces`)).body.namespaces).toEqual([]);
    expect((await other.call('POST', `${path}/namespaces/${id}/rotate`, sealed)).status).toBe(403);
    expect((await manager.call('GET', `${path}/namespaces/${id}`)).body).toMatchObject({ id, version: 1 });
    expect((await agent.call('GET', `${path}/namespaces/${id}`)).status).toBe(401);
  });

  test('is never shown, and stored once', async () => {
    const { body } = await member.call('GET', `${path}/namespaces?agentId=${agent.id}`);
    expect([body.total, JSON.stringify(body)]).toEqual([1, expect.not.stringContaining(sealed.encryptedBlob)]);
    expect((await member.call('POST', `${path}/namespaces/${id}/credentials`, sealed)).body.reasonCode).toBe(
      'credentialExists',
    );
    const again = { agentId: agent.id, namespace: 'github' };
    expect((await member.call('POST', `${path}/namespaces`, again)).body.reasonCode).toBe('namespaceExists');
  });

  test('leaves a record of everything that was done with it', async () => {
    const entries = await until(async () => {
      const { body } = await member.call('GET', `${path}/audit?agentId=${agent.id}`);
      return body.entries.length >= 4 && body.entries;
    });
    const actions = new Set(entries.map(({ action }: { action: string }) => action));
    expect(actions).toEqual(new Set(['create', 'store', 'resolve', 'deny']));
    expect((await (await world.person('member')).call('GET', `${path}/audit?agentId=${agent.id}`)).status).toBe(403);
  });

  test('goes with the agent', async () => {
    const leaving = await world.agent();
    const made = await world.admin.call('POST', `${path}/namespaces`, { agentId: leaving.id, namespace: 'x' });
    await world.admin.call('DELETE', `/api/v1/agents/${leaving.id}`);
    expect((await world.admin.call('GET', `${path}/namespaces/${made.body.id}`)).status).toBe(404);
  });
});
