// Who may use which route: every route, every kind of caller; and nobody reaches another organisation.

import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/control-plane/route.ts';
import { routes } from '../../src/control-plane/routes/table.ts';
import { admits, roles } from '../../src/wire/session.ts';
import { type Answer, caller, openWorld, type Person, type TestAgent, type World } from './support/world.ts';

let world: World;
const people = new Map<string, Person>();
let agent: TestAgent;
let apiKey: string;
let serviceToken: string;
beforeAll(async () => {
  world = await openWorld();
  for (const role of roles) people.set(role, role === 'admin' ? world.admin : await world.person(role));
  agent = await world.agent();
  apiKey = (await world.admin.call('POST', '/api/v1/api-keys', { name: 'walk' })).body.apiKey;
  serviceToken = await serviceTokenOf(agent);
});
afterAll(() => world.stop());

/** RFC 7523: the agent signs who it is, and is given a token. */
async function serviceTokenOf({ id, key }: TestAgent): Promise<string> {
  const x = Buffer.from(key.publicKey, 'base64').toString('base64url');
  const d = Buffer.from(key.privateKey, 'base64').subarray(0, 32).toString('base64url');
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setSubject(id)
    .setAudience(world.url)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await importJWK({ kty: 'OKP', crv: 'Ed25519', x, d }, 'EdDSA'));
  const sent = { grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer', clientId: id, clientAssertion: assertion };
  return (await world.call('POST', '/api/v1/oauth/token', sent)).body.access_token;
}

const UNKNOWN = randomUUID();
/** What ends the caller's own session, or never ends by itself. */
const APART = new Set(['GET /api/v1/events/stream', 'GET /api/v1/embedded/hold', 'POST /api/v1/auth/logout']);
const walked = routes.filter((route) => !APART.has(name(route)));

function name({ method, path }: Route): string {
  return `${method} ${path}`;
}

// With an id that nobody has and an empty body nothing is changed: 400, 404 or 200 tell that the caller was let in.
const target = ({ path }: Route): string => path.replace(/:\w+/g, UNKNOWN);
const body = ({ method }: Route): unknown => (method === 'GET' || method === 'DELETE' ? undefined : {});
const refused = ({ status, body: answer }: Answer): boolean =>
  status === 401 || (status === 403 && ['roleTooLow', 'agent_path_mismatch'].includes(answer.reasonCode));

describe('the route table', () => {
  test('names each route once', () => {
    expect(new Set(routes.map(name)).size).toBe(routes.length);
  });

  test('opens to everybody only what is meant for everybody', () => {
    expect(
      routes
        .filter(({ access }) => access.anyone)
        .map(name)
        .toSorted(),
    ).toMatchSnapshot();
  });

  test.each(walked.filter(({ access }) => !access.anyone).map((route) => [name(route), route] as const))(
    '%s: nobody',
    async (_, route) => {
      const { status, body: answer } = await world.call(route.method, target(route), body(route));
      expect([status, answer.error]).toEqual([401, expect.any(String)]);
    },
  );

  describe.each(roles)('%s', (role) => {
    test.each(walked.filter(({ access }) => !access.anyone).map((route) => [name(route), route] as const))(
      '%s',
      async (_, route) => {
        const answer = await (people.get(role) as Person).call(route.method, target(route), body(route));
        const { user } = route.access;
        if (user === undefined) expect([answer.status, answer.body.reasonCode]).toEqual([401, 'agentRequired']);
        else expect(refused(answer), JSON.stringify(answer.body)).toBe(!admits(role, user));
      },
    );
  });

  test.each(walked.filter(({ access }) => !access.anyone).map((route) => [name(route), route] as const))(
    '%s: an agent, by its signature and by a service token',
    async (_, route) => {
      const bySignature = await agent.call(route.method, target(route), body(route));
      const answer = await world.call(route.method, target(route), body(route), { authorization: `Bearer ${serviceToken}` });
      expect([answer.status, answer.body.reasonCode]).toEqual([bySignature.status, bySignature.body.reasonCode]);
      if (route.access.agent === undefined)
        expect([answer.status, answer.body.reasonCode]).toEqual([401, 'userSessionRequired']);
      else if (route.access.agent === 'self')
        expect([answer.status, answer.body.reasonCode]).toEqual([403, 'agent_path_mismatch']);
      else expect(refused(answer)).toBe(false);
    },
  );

  test.each(walked.filter(({ access }) => !access.anyone).map((route) => [name(route), route] as const))(
    '%s: an API key',
    async (_, route) => {
      const answer = await world.call(route.method, target(route), body(route), { 'X-API-Key': apiKey });
      if (route.access.key === undefined) expect([answer.status, answer.body.reasonCode]).toEqual([401, 'userSessionRequired']);
      else expect(refused(answer)).toBe(false);
    },
  );
});

describe('credentials that do not hold', () => {
  test.each([
    ['a malformed header', { authorization: 'Basic x' }],
    ['a token that is none', { authorization: 'Bearer x.y.z' }],
    [
      'a token without signature',
      {
        authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"user_id":"x"}').toString('base64url')}.`,
      },
    ],
    ['an unknown API key', { 'X-API-Key': 'aim_live_nothing' }],
    ['an agent without signature', { 'X-Agent-ID': randomUUID(), 'X-Timestamp': String(Math.floor(Date.now() / 1000)) }],
  ])('%s is 401', async (_, headers) => {
    const { status, body: answer } = await world.call('GET', '/api/v1/agents', undefined, headers);
    expect([status, typeof answer.error, typeof answer.reasonCode]).toEqual([401, 'string', 'string']);
  });
});

describe('another organisation', () => {
  // Of its own control plane the ids are real; here they must lead nowhere, and never to a hint.
  let foreign: Awaited<ReturnType<typeof everything>>;
  let stranger: Person;
  beforeAll(async () => {
    foreign = await everything();
    stranger = await world.stranger();
  });

  async function everything() {
    const asking = await world.agent(['db:read']);
    const { admin } = world;
    const verification = (await asking.ask('db:drop', { context: { jit_access: true, of: 'grant' } })).body.id;
    const approved = await admin.call('POST', `/api/v1/admin/verifications/${verification}/approve`, {
      narrow: { durationSeconds: 60 },
    });
    await asking.ask('db:truncate', { resource: 'alert', context: { n: 1 } });
    const of = async (path: string, pick: (answer: Answer['body']) => string): Promise<string> =>
      pick((await admin.call('GET', path)).body);
    const mcp = (await admin.call('POST', '/api/v1/mcp-servers', { name: 'files', url: 'mcp://files' })).body.id;
    const made = async (path: string, body: object): Promise<string> =>
      (await asking.call('POST', `/api/v1/a2a/${path}`, body)).body.id;
    const other = (await world.agent()).id;
    const sealed = await admin.call('POST', '/api/v1/secrets/namespaces', { agentId: asking.id, namespace: 'x' });
    return {
      agent: asking.id,
      secret: sealed.body.id,
      bootstrap: (await admin.call('POST', '/api/v1/onboarding/bootstrap-tokens', {})).body.id,
      a2aSkill: await made('skills', { agentId: asking.id, name: 'x' }),
      a2aAttestation: await made('attestations', { attestingAgentId: asking.id, attestedAgentId: other, skillId: 'x' }),
      a2aTask: await made('tasks', { externalTaskId: 'x', clientAgentId: asking.id, remoteAgentId: other }),
      a2aConsent: await made('consent', {
        userId: 'x',
        grantorAgentId: asking.id,
        recipientAgentId: other,
        scope: ['x'],
        purpose: 'x',
      }),
      verification: (await asking.ask('db:purge', { context: { jit_access: true } })).body.id,
      capability: await of(`/api/v1/agents/${asking.id}/capabilities`, ([first]) => first.id),
      request: (
        await asking.call('POST', `/api/v1/sdk-api/agents/${asking.id}/capability-requests`, {
          capabilityType: 'a:b',
          reason: 'long enough a reason',
        })
      ).body.id,
      user: admin.id,
      mcp,
      attestation: (await admin.call('POST', `/api/v1/mcp-servers/${mcp}/manual-attest`)).body.attestationId,
      grant: approved.body.grant.id,
      alert: await of('/api/v1/admin/alerts', ({ alerts }) => alerts[0]?.id ?? 'none'),
      tag: (await admin.call('POST', '/api/v1/tags', { key: 'team', value: 'x' })).body.id,
      policy: (
        await admin.call('POST', '/api/v1/admin/security-policies', {
          name: 'p',
          policyType: 'trust_score_low',
          enforcementAction: 'alert_only',
          isEnabled: false,
        })
      ).body.id,
      rule: (
        await admin.call('POST', '/api/v1/admin/standing-rules', {
          name: 'r',
          agentId: agent.id,
          capability: 'file:stat',
          decision: 'deny',
        })
      ).body.id,
      key: await of('/api/v1/api-keys', ({ apiKeys }) => apiKeys[0].id),
      audit: await of('/api/v1/admin/audit-logs', ({ logs }) => logs[0].id),
      webhook: (await admin.call('POST', '/api/v1/webhooks', { name: 'w', url: 'http://93.184.216.34/' })).body.id,
    };
  }

  const emptyManifest = {
    transport: 'stdio',
    command: ['x'],
    url: null,
    origin: null,
    serverName: 'x',
    serverVersion: null,
    protocolVersion: null,
    instructions: null,
    manifestHash: '',
    definitions: {},
  };
  const subjects: [RegExp, keyof typeof foreign][] = [
    [/secrets\/namespaces/, 'secret'],
    [/bootstrap-tokens/, 'bootstrap'],
    [/a2a\/attestations/, 'a2aAttestation'],
    [/a2a\/consent/, 'a2aConsent'],
    [/a2a\/skills/, 'a2aSkill'],
    [/a2a\/tasks\/:id\/state/, 'a2aTask'],
    [/a2a/, 'agent'],
    [/^\/api\/v1\/(agents|sdk-api\/agents|trust-score|detection\/agents|verification-events\/agent)\b/, 'agent'],
    [/verifications|verification-events/, 'verification'],
    [/capability-requests/, 'request'],
    [/users|registration-requests/, 'user'],
    [/mcp-servers/, 'mcp'],
    [/api\/v1\/attestations/, 'attestation'],
    [/grants/, 'grant'],
    [/alerts/, 'alert'],
    [/tags/, 'tag'],
    [/standing-rules/, 'rule'],
    [/policies/, 'policy'],
    [/api-keys/, 'key'],
    [/audit-logs/, 'audit'],
    [/webhooks/, 'webhook'],
  ];
  const bodies: [RegExp, object][] = [
    [/a2a\/.*(card|cards\/:id)$/, { cardData: { name: 'x', url: 'http://x' } }],
    [/a2a\/.*sign$/, { method: 'GET', path: '/' }],
    [/a2a\/.*interaction$/, { success: true }],
    [/a2a\/.*state$/, { state: 'WORKING' }],
    [/deny$/, { reason: 'no' }],
    [/comments$/, { text: 'x' }],
    [/namespaces\/:id\/\w+$/, { encryptedBlob: 'AAAA', ephemeralPublicKey: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=' }],
    [/attestations\/:id\/revoke$|revoke-all$/, { reason: 'no' }],
    [/manifests$/, emptyManifest],
    [/\/keys$/, { publicKey: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=' }],
    [/trust-score$/, { score: 0.5 }],
    [/capabilities$|capabilities\/register$/, { capabilityType: 'a:b' }],
    [/capability-requests$/, { capabilityType: 'c:d', reason: 'long enough a reason' }],
    [/tags$/, { tagIds: ['x'] }],
    [/tags\/:id$/, { key: 'x' }],
    [/role$/, { role: 'viewer' }],
    [/groups$/, { groups: [] }],
    [/assign$/, { to: 'x' }],
    [/feedback$/, { rating: 5 }],
    [/toggle$/, { isEnabled: true }],
    [/verify-(action|capability)$|authorize$/, { capability: 'a:b' }],
    [/log-\w+\/:auditId$/, { success: true }],
    [/agents\/:id\/mcp-servers$/, { name: 'x', url: 'mcp://x', mcpServerIds: ['x'] }],
    [/capabilities\/report$/, { detectedAt: '2026-11-23T03:54:48Z', riskAssessment: { riskLevel: 'low' } }],
    [/report$/, { detections: [{ mcpServer: 'x', detectionMethod: 'manual', confidence: 50 }] }],
  ];
  const about = routes.filter(
    ({ method, path, access }) =>
      path.includes(':id') &&
      access.user !== undefined &&
      !path.endsWith('/mcp/:id') &&
      name({ method, path } as Route) !== 'PUT /api/v1/a2a/trust/:id',
  );

  test.each(about.map((route) => [name(route), route] as const))('%s is 404', async (_, route) => {
    const subject = subjects.find(([pattern]) => pattern.test(route.path))?.[1];
    expect(subject, `no subject for ${route.path}`).toBeDefined();
    const path = route.path
      .replace(':id', foreign[subject ?? 'agent'])
      .replace(':capabilityId', foreign.capability)
      .replace(':tagId', foreign.tag)
      .replace(':peerId', foreign.agent);
    const sent =
      route.method === 'GET' || route.method === 'DELETE'
        ? undefined
        : (bodies.find(([pattern]) => pattern.test(route.path))?.[1] ?? {});
    const answer = await stranger.call(route.method, path + (path.endsWith('by-name') ? '?name=files' : ''), sent);
    // A list of what belongs to the agent may also be empty, as for an agent that never was.
    if (answer.status === 200 && route.path === '/api/v1/verification-events/agent/:id') expect(answer.body.events).toEqual([]);
    else expect([answer.status, JSON.stringify(answer.body)]).toEqual([404, expect.not.stringContaining('organi')]);
  });

  test('lists hold nothing of it', async () => {
    const lists = routes.filter(
      ({ method, path, access, query }) =>
        method === 'GET' &&
        !path.includes(':') &&
        access.user !== undefined &&
        !APART.has(`${method} ${path}`) &&
        query !== undefined,
    );
    const answered: number[] = [];
    for (const route of lists) {
      const { status, body: answer } = await stranger.call('GET', route.path);
      answered.push(status);
      for (const id of Object.values(foreign)) expect(JSON.stringify(answer), route.path).not.toContain(id);
    }
    expect(answered.filter((status) => status === 200).length).toBeGreaterThan(20);
  });

  test('an API key, an agent and a service of it reach nothing here', async () => {
    const answer = await caller(world.url, { 'X-API-Key': apiKey })(
      'GET',
      `/api/v1/agents/${(await stranger.call('POST', '/api/v1/agents', { name: 'theirs' })).body.id}`,
    );
    expect(answer.status).toBe(404);
  });
});
