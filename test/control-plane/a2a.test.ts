// Between agents: cards that the server vouches for, requests that are good once, skills, trust, tasks, consent, security.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { A2AClient } from '../../src/a2a/a2a-client.ts';
import { signA2ARequest } from '../../src/a2a/request-signature.ts';
import { attestationHash } from '../../src/control-plane/a2a/attest-card.ts';
import { consensusOf } from '../../src/control-plane/a2a/consensus.ts';
import { relevance } from '../../src/control-plane/a2a/discovery.ts';
import { settingsOf, whyNot } from '../../src/control-plane/a2a/security.ts';
import { trustFrom } from '../../src/control-plane/a2a/trust.ts';
import { generateSigningKey, verifySignature } from '../../src/crypto/ed25519.ts';
import { AIMClient } from '../../src/sdk/aim-client.ts';
import { openWorld, type Person, type TestAgent, type World } from './support/world.ts';

let world: World;
let agent: TestAgent;
let peer: TestAgent;
let stranger: Person;
beforeAll(async () => {
  world = await openWorld({ allowInside: true });
  [agent, peer, stranger] = [await world.agent(), await world.agent(), await world.stranger()];
});
afterAll(() => world.stop());

const client = (of: TestAgent) =>
  new A2AClient(
    new AIMClient({ agentId: of.id, privateKey: of.key.privateKey, publicKey: of.key.publicKey, aimUrl: world.url }),
  );

describe('cards', () => {
  let server: Server;
  let url: string;
  let answer: () => { status?: number; body: string; location?: string };
  beforeAll(async () => {
    server = createServer((_request, response) => {
      const { status = 200, body, location } = answer();
      response.writeHead(status, location === undefined ? {} : { location }).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/.well-known/agent-card.json`;
  });
  afterAll(() => server.close());
  const card = (change: object = {}) => ({
    ...client(agent)
      .card({ name: 'analyst', skills: [{ id: 'analyse' }] })
      .toJSON(),
    ...change,
  });

  test('is fetched, attested with a key that anybody can look up, and read with what is known of the agent', async () => {
    answer = () => ({ body: JSON.stringify(card()) });
    const registered = await client(agent).registerAgentCard(url);
    expect(registered).toMatchObject({
      agentId: agent.id,
      cardUrl: url,
      skills: ['analyse'],
      attestationExpires: expect.any(String),
    });
    const { body } = await agent.call('GET', `/api/v1/a2a/agents/${agent.id}/card`);
    expect(body).toMatchObject({ name: 'analyst', aim: { agentId: agent.id, publicKey: agent.key.publicKey } });
    const { keys } = (await world.call('GET', '/.well-known/jwks.json')).body;
    const { cardHash, issuedAt, expiresAt, signature } = body.aim.attestation;
    const hash = attestationHash({
      agentId: agent.id,
      cardHash,
      issuedAt: Date.parse(issuedAt),
      expiresAt: Date.parse(expiresAt),
    });
    expect(verifySignature(hash, signature, Buffer.from(keys[0].x, 'base64url').toString('base64'))).toBe(true);
    expect((await client(agent).getAgentCard()).name).toBe('analyst');
    expect((await client(agent).listAgentCards()).length).toBe(1);
    expect(await client(agent).refreshAttestation()).toMatchObject({ fetchCount: 2 });
    expect(await client(agent).updateAgentCard(agent.id, { description: 'better' })).toMatchObject({
      name: 'analyst',
      description: 'better',
    });
  });

  test('an agent without one has one made of what is known', async () => {
    expect((await client(peer).getAgentCard()).name).toBe(peer.name);
  });

  test.each<[title: string, gives: Parameters<typeof Object>[0], reason: string]>([
    ['a redirect', { status: 302, body: '', location: 'http://127.0.0.1:1/' }, 'cardNotFetched'],
    ['no JSON', { body: 'hello' }, 'invalidCard'],
    ['no card', { body: '{"a":1}' }, 'invalidCard'],
    [
      'a card of another agent',
      { body: JSON.stringify({ name: 'x', url: 'http://x', aim: { agentId: randomUUID() } }) },
      'cardOfAnotherAgent',
    ],
    ['more than a card can be', { body: `"${'x'.repeat(1_100_000)}"` }, 'cardNotFetched'],
  ])('%s is refused', async (_, gives, reason) => {
    answer = () => gives;
    const { status, body } = await peer.call('POST', `/api/v1/a2a/agents/${peer.id}/card`, { cardUrl: url });
    expect([status, body.reasonCode]).toEqual([422, reason]);
  });

  test('is not fetched from inside by a server that may not', async () => {
    const strict = await openWorld();
    const own = await strict.agent();
    const { status } = await own.call('POST', `/api/v1/a2a/agents/${own.id}/card`, { cardUrl: url });
    expect(status).toBe(422);
    await strict.stop();
  });
});

describe('a signed request', () => {
  const signer = (of: TestAgent) => ({ agentId: of.id, publicKey: of.key.publicKey, sign: of.key.sign });
  const request = { method: 'POST', path: '/tasks/send', body: '{"message":"hi"}' };
  const verify = (signed: object) => world.call('POST', '/api/v1/a2a/verify', signed);
  const fields = ({ agentId, timestamp, nonce, signature, requestHash }: ReturnType<typeof signA2ARequest>) => ({
    agentId,
    timestamp,
    nonce,
    signature,
    requestHash,
  });

  test('is good once, whoever asks', async () => {
    const signed = client(agent).signRequest('POST', '/tasks/send', '{"message":"hi"}');
    expect(await client(peer).verifyRequest(request, signed)).toMatchObject({
      valid: true,
      agentId: agent.id,
      agentName: agent.name,
    });
    expect(await verify(fields(signed))).toMatchObject({ status: 401, body: { valid: false, reasonCode: 'nonceReused' } });
  });

  test.each<[title: string, change: (signed: ReturnType<typeof fields>) => object, reason: string]>([
    ['for another hash', (signed) => ({ ...signed, requestHash: 'a'.repeat(64) }), 'signatureInvalid'],
    ['as another agent', (signed) => ({ ...signed, agentId: peer.id }), 'signatureInvalid'],
    ['as nobody', (signed) => ({ ...signed, agentId: randomUUID() }), 'signatureInvalid'],
    ['from long ago', (signed) => ({ ...signed, timestamp: signed.timestamp - 400 }), 'timestampOutsideWindow'],
    ['from the future', (signed) => ({ ...signed, timestamp: signed.timestamp + 400 }), 'timestampOutsideWindow'],
    ['with a nonce of another form', (signed) => ({ ...signed, nonce: 'x' }), 'nonceMalformed'],
    [
      'with another key',
      (signed) => ({ ...signed, signature: generateSigningKey().sign(Buffer.from(signed.requestHash, 'hex')) }),
      'signatureInvalid',
    ],
  ])('%s is not', async (_, change, reason) => {
    const signed = fields(signA2ARequest(signer(agent), request));
    expect(await verify(change(signed))).toMatchObject({
      status: 401,
      body: { valid: false, error: expect.any(String), reasonCode: reason },
    });
  });

  test('of an agent that is suspended is not', async () => {
    const gone = await world.agent();
    await world.admin.call('POST', `/api/v1/agents/${gone.id}/suspend`);
    expect((await verify(fields(signA2ARequest(signer(gone), request)))).body.reasonCode).toBe('agentStatusDenied');
  });

  test('can be signed by the server, for the agent alone, and its own key stays', async () => {
    const { status, body } = await agent.call('POST', `/api/v1/a2a/agents/${agent.id}/sign`, request);
    expect(status).toBe(200);
    expect(body.publicKey).not.toBe(agent.key.publicKey);
    expect((await verify(body)).body).toMatchObject({ valid: true, agentId: agent.id });
    expect((await verify(body)).body.valid).toBe(false);
    expect((await agent.call('POST', `/api/v1/a2a/agents/${peer.id}/sign`, request)).status).toBe(403);
    const member = await world.person('member');
    expect((await member.call('POST', `/api/v1/a2a/agents/${agent.id}/sign`, request)).status).toBe(403);
    expect((await world.admin.call('GET', `/api/v1/agents/${agent.id}`)).body.publicKey).toBe(agent.key.publicKey);
  });
});

describe('skills', () => {
  test('are registered, found by what somebody has in mind, and removed', async () => {
    const skill = await client(agent).registerSkill({
      name: 'send_email',
      description: 'Sends mail to a person',
      tags: ['mail'],
    });
    expect(await client(agent).registerSkill({ name: 'send_email', description: 'Sends mail', tags: ['mail'] })).toMatchObject({
      id: skill['id'],
    });
    await client(peer).registerSkill({ name: 'query_database', description: 'Reads rows' });
    expect((await client(peer).listSkills()).map(({ name }) => name)).toEqual(['query_database']);
    expect((await client(peer).searchSkills('email')).map(({ id }) => id)).toEqual([skill['id']]);
    expect(await client(peer).routeByIntent('send an email to john')).toMatchObject({
      agent: { agentId: agent.id, skillId: skill['id'] },
    });
    expect(await client(peer).getCapableAgents('query_database')).toMatchObject([{ agentId: peer.id }]);
    expect(await client(peer).routeByIntent('bake a cake')).toMatchObject({ agent: null });
    await expect(client(peer).deleteSkill(String(skill['id']))).rejects.toThrow();
    await client(agent).deleteSkill(String(skill['id']));
    expect(await client(agent).listSkills()).toEqual([]);
  });

  test('are verified when enough agents of enough owners vouch for them, and no more when they take it back', async () => {
    const other = await world.person('member');
    const attesters = [peer, await world.agent(), await world.agent([], { by: other })];
    const said = [];
    for (const each of attesters)
      said.push(await client(each).attestSkill({ attestedAgentId: agent.id, skillId: 'analyse', confidence: 0.9 }));
    expect(await client(peer).getConsensusStatus(agent.id, 'analyse')).toMatchObject({
      isVerified: true,
      uniqueAttesters: 3,
      uniqueOwners: 2,
    });
    await client(attesters[2] as TestAgent).revokeAttestation(String(said[2]?.['id']), 'it failed');
    expect(await client(peer).getConsensusStatus(agent.id, 'analyse')).toMatchObject({ isVerified: false });
    expect((await client(peer).getSkillAttestations(agent.id)).length).toBe(2);
    await expect(client(agent).attestSkill({ attestedAgentId: agent.id, skillId: 'analyse' })).rejects.toThrow(/itself/);
  });

  test.each<[title: string, said: [agent: string, owner: string, confidence: number][], isVerified: boolean]>([
    [
      'three agents of two owners',
      [
        ['a', '1', 0.9],
        ['b', '1', 0.9],
        ['c', '2', 0.9],
      ],
      true,
    ],
    [
      'three agents of one owner',
      [
        ['a', '1', 1],
        ['b', '1', 1],
        ['c', '1', 1],
      ],
      false,
    ],
    [
      'two agents',
      [
        ['a', '1', 1],
        ['b', '2', 1],
      ],
      false,
    ],
    [
      'many agents of one owner against the doubt of another',
      [
        ['a', '1', 1],
        ['b', '1', 1],
        ['c', '1', 1],
        ['d', '2', 0.1],
      ],
      false,
    ],
  ])('%s', (_, said, isVerified) => {
    const rows = said.map(([attestingAgentId, attestingOwnerId, confidence]) => ({
      attestingAgentId,
      attestingOwnerId,
      confidence,
    }));
    expect(consensusOf(rows).isVerified).toBe(isVerified);
  });

  test('of another organisation are not found', async () => {
    await client(agent).registerSkill({ name: 'secret_skill', description: '' });
    expect((await stranger.call('GET', '/api/v1/a2a/skills/search?q=secret_skill')).body.skills).toEqual([]);
    expect((await stranger.call('GET', `/api/v1/a2a/agents/${agent.id}/card`)).status).toBe(404);
    expect((await stranger.call('POST', `/api/v1/a2a/trust/${agent.id}/interaction`, { success: true })).status).toBe(404);
  });

  test('an intent is met by the skill that names it', () => {
    const skill = { id: '1', name: 'analyze_code', description: 'Finds faults', tags: ['quality'] };
    expect(relevance('please analyze the code', skill)).toBe(1);
    expect(relevance('send mail', skill)).toBe(0);
  });
});

describe('trust', () => {
  test('is nothing without reports, then what peers report', async () => {
    const fresh = await world.agent();
    expect(await client(peer).getTrustScore(fresh.id)).toMatchObject({ a2aTrustScore: null, scoreStatus: 'unscored' });
    await client(peer).recordSuccessfulInteraction(fresh.id, { taskType: 'x', durationMs: 100 });
    await client(peer).recordFailedInteraction(fresh.id, 'timeout');
    expect(await client(peer).getTrustScore(fresh.id)).toMatchObject({
      scoreStatus: 'measured',
      tasksCompleted: 1,
      tasksFailed: 1,
      uniquePeersCount: 1,
    });
    expect(await client(peer).getPeerTrust(fresh.id)).toMatchObject({ successRate: 0.5, tasksInitiated: 2 });
    expect(await client(peer).listPeerTrusts()).toMatchObject([{ peerAgentId: fresh.id }]);
    await expect(client(fresh).recordSuccessfulInteraction(fresh.id)).rejects.toThrow(/itself/);
    expect((await peer.call('PUT', `/api/v1/a2a/trust/${fresh.id}`, { score: 1 })).status).toBe(405);
  });

  test('gives one owner one voice', () => {
    const praise = Array.from({ length: 50 }, () => ({ voice: 'owner', success: true, durationMs: 1 }));
    const doubt = { voice: 'another', success: false, durationMs: null };
    expect(trustFrom([...praise, doubt]).peerTrustAverage).toBe(0.5);
  });
});

describe('tasks and consent', () => {
  test('a task ends once, and only those who take part say how it stands', async () => {
    const task = await client(agent).logTask({ externalTaskId: 'task-1', remoteAgentId: peer.id });
    expect(await client(agent).logTask({ externalTaskId: 'task-1', remoteAgentId: peer.id })).toMatchObject({ id: task['id'] });
    expect(await client(peer).updateTaskState('task-1', 'WORKING')).toMatchObject({ state: 'WORKING' });
    const other = await world.agent();
    await expect(client(other).updateTaskState(String(task['id']), 'FAILED')).rejects.toThrow();
    await client(peer).updateTaskState(String(task['id']), 'COMPLETED');
    await expect(client(peer).updateTaskState(String(task['id']), 'FAILED')).rejects.toThrow(/COMPLETED/);
    expect(await client(peer).getTaskHistory()).toMatchObject([{ id: task['id'], state: 'COMPLETED' }]);
  });

  test('consent holds for its scope, until it ends or is taken back', async () => {
    const consent = await client(agent).recordConsent({
      userId: 'u-1',
      recipientAgentId: peer.id,
      scope: ['read'],
      purpose: 'a test',
    });
    const check = (scope: string) => client(agent).checkConsent({ userId: 'u-1', recipientAgentId: peer.id, scope });
    expect([await check('read'), await check('write')]).toEqual([true, false]);
    await expect(client(peer).revokeConsent(String(consent['id']))).rejects.toThrow();
    await client(agent).revokeConsent(String(consent['id']), 'enough');
    expect(await check('read')).toBe(false);
    expect((await agent.call('GET', '/api/v1/a2a/consent/user/u-1?includeRevoked=true')).body.consents).toMatchObject([
      { revoked: true },
    ]);
  });
});

describe('security', () => {
  const settings = settingsOf('{}', 'strict');
  const side = { id: 'a', status: 'verified', isCompromised: 0 as const, trustScore: 0.6 };
  const turning = { requesting: side, target: { ...side, id: 'b' }, isSigned: true, isSkillVerified: null };
  test.each<[title: string, change: object, set: object, reason: RegExp | null]>([
    ['two verified agents', {}, {}, null],
    ['one that is suspended', { requesting: { ...side, status: 'suspended' } }, {}, /suspended/],
    ['one that is compromised', { target: { ...side, id: 'b', isCompromised: 1 } }, {}, /compromised/],
    ['one that is blocked', {}, { blockedAgentIds: ['b'] }, /blocked/],
    ['one that is not on the list', {}, { allowedAgentIds: ['c'] }, /list/],
    ['one that is trusted too little', {}, { minTrustScore: 0.7 }, /0\.60 is below/],
    ['an unsigned request where they have to be', { isSigned: false }, { requireSignedRequests: true }, /signed/],
    ['a skill that nobody vouches for', { isSkillVerified: false }, { requireVerifiedSkills: true }, /verified by its peers/],
    ['itself', { target: side }, {}, /itself/],
  ])('%s', (_, change, set, reason) => {
    const reasons = whyNot({ ...turning, ...change }, { ...settings, ...set });
    if (reason === null) expect(reasons).toEqual([]);
    else expect(reasons.join()).toMatch(reason);
  });

  test('settings hold, what is against them is denied and noted', async () => {
    const admin = await world.admin.call('PUT', '/api/v1/a2a/security/settings', { blockedAgents: [peer.id] });
    expect(admin.body).toMatchObject({ blockedAgentIds: [peer.id], enforcementMode: 'strict' });
    expect(await client(agent).checkSecurity({ targetAgentId: peer.id })).toMatchObject({ allowed: false, decision: 'DENY' });
    expect(await client(agent).evaluatePolicy({ event: 'TASK_SEND', remoteAgentId: peer.id })).toMatchObject({
      decision: 'DENY',
    });
    expect((await client(agent).getSecurityViolations()).length).toBe(2);
    await world.admin.call('PUT', '/api/v1/a2a/security/settings', { enforcementMode: 'monitor' });
    expect(await client(agent).checkSecurity({ targetAgentId: peer.id })).toMatchObject({
      allowed: true,
      violations: [expect.any(String)],
    });
    await world.admin.call('PUT', '/api/v1/a2a/security/settings', { blockedAgents: [], enforcementMode: 'strict' });
    expect(await client(agent).checkSecurity({ targetAgentId: peer.id })).toMatchObject({ allowed: true, violations: [] });
    expect((await world.admin.call('GET', `/api/v1/a2a/security/settings/${randomUUID()}`)).status).toBe(404);
  });

  test('what was denied is an alert about the agent that asked, once an hour; who may not act for it raises none', async () => {
    const [asking, blocked] = [await world.agent(), await world.agent()];
    await world.admin.call('PUT', '/api/v1/a2a/security/settings', { blockedAgents: [blocked.id] });
    const alerts = async () => (await world.admin.call('GET', `/api/v1/agents/${asking.id}/alerts`)).body.alerts;
    const check = { requestingAgentId: asking.id, targetAgentId: blocked.id };
    const reader = await world.person('viewer');
    expect((await reader.call('POST', '/api/v1/a2a/security/check', check)).status).toBe(403);
    expect(await alerts()).toEqual([]);
    for (let times = 0; times < 3; times += 1) await asking.call('POST', '/api/v1/a2a/security/check', check);
    await world.admin.call('PUT', '/api/v1/a2a/security/settings', { blockedAgents: [] });
    expect(await alerts()).toMatchObject([{ alertType: 'security_breach', severity: 'high', metadata: { times: 3 } }]);
  });

  test.each<[title: string, policy: object, decision: string, reasons: number]>([
    ['that blocks', { enforcementAction: 'block_and_alert', rules: { trust_threshold: 0.99 } }, 'DENY', 1],
    ['that only tells', { enforcementAction: 'alert_only', rules: { trust_threshold: 0.99 } }, 'ALLOW', 1],
    ['that is content', { enforcementAction: 'block_and_alert', rules: { trust_threshold: 0.01 } }, 'ALLOW', 0],
    [
      'of grants, which a skill is none of',
      { policyType: 'capability_violation', enforcementAction: 'block_and_alert' },
      'ALLOW',
      0,
    ],
  ])(
    'a policy of the organisation %s is evaluated, also where the settings only watch',
    async (_, policy, decision, reasons) => {
      const [asking, asked] = [await world.agent(), await world.agent()];
      const made = await world.admin.call('POST', '/api/v1/admin/security-policies', {
        name: 'between agents',
        policyType: 'trust_score_low',
        appliesTo: `agent:${asking.id}`,
        ...policy,
      });
      await world.admin.call('PUT', '/api/v1/a2a/security/settings', { enforcementMode: 'monitor' });
      const body = { event: 'TASK_SEND', clientAgentId: asking.id, remoteAgentId: asked.id, skillId: 'x' };
      const answer = (await asking.call('POST', '/api/v1/a2a/policies/evaluate', body)).body;
      await world.admin.call('DELETE', `/api/v1/admin/security-policies/${made.body.id}`);
      await world.admin.call('PUT', '/api/v1/a2a/security/settings', { enforcementMode: 'strict' });
      expect([answer.decision, answer.reasons]).toEqual([decision, expect.any(Array)]);
      expect(answer.reasons).toHaveLength(reasons);
    },
  );
});

test('each of it is in the audit chain', async () => {
  const { body } = await world.admin.call('GET', '/api/v1/admin/audit-logs?limit=500');
  const kinds = new Set(body.logs.map(({ entityType, resourceType }: Record<string, string>) => resourceType ?? entityType));
  for (const kind of ['a2a-card', 'a2a-skill', 'a2a-interaction', 'a2a-task', 'a2a-consent', 'a2a-request'])
    expect(kinds).toContain(kind);
  expect((await world.admin.call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
});
