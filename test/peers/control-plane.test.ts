// The unmodified Python aim-sdk, as published, against the control plane: signing in, acting, waiting, managing.

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/control-plane/routes/table.ts';
import { codeByForm, openWorld, until, type World } from '../control-plane/support/world.ts';

const folder = fileURLToPath(new URL('python', import.meta.url));
type Step = { step: string; value?: unknown; error?: string; text?: string; id?: string };

const versionsIn = (variable: string) =>
  (process.env[variable] ?? '').split(';').flatMap((pair) => (pair === '' ? [] : [pair.split('=') as [string, string]]));

// Every other version that PyPI has was through everything once: `AIM_PEER_PYTHON_MORE=VERSION=PYTHON;…` does it again.
describe.each<[version: string, how: 'whole' | 'quick', python: string]>([
  ['1.21.0', 'whole', process.env['AIM_PEER_PYTHON_1'] ?? ''],
  ['2.0.3', 'whole', process.env['AIM_PEER_PYTHON_2'] ?? ''],
  ...versionsIn('AIM_PEER_PYTHON_MORE').map(([version, python]) => [version, 'whole', python] as [string, 'whole', string]),
  ...versionsIn('AIM_PEER_PYTHON_QUICK').map(([version, python]) => [version, 'quick', python] as [string, 'quick', string]),
])('aim-sdk %s, %s', (version, how, python) => {
  let world: World;
  const home = mkdtempSync(join(tmpdir(), 'aim-python-'));
  beforeAll(async () => {
    world = await openWorld({ allowInside: true });
    await signInLike(world, home);
  });
  afterAll(async () => {
    await world.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function run(arguments_: string[], script = 'journey.py'): Promise<{ steps: Step[]; output: string; code: number | null }> {
    return new Promise((resolve) => {
      const child = spawn(python, [join(folder, script), ...arguments_], {
        cwd: home,
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          PYTHONPATH: folder,
          PYTHON_KEYRING_BACKEND: 'file_keyring.FileKeyring',
          PYTHONIOENCODING: 'utf-8',
        },
      });
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
      });
      child.stderr.on('data', (chunk) => {
        output += chunk;
      });
      child.on('close', (code) => {
        const steps = output
          .split('\n')
          .flatMap((line) => (line.startsWith('STEP ') ? [JSON.parse(line.slice(5)) as Step] : []));
        resolve({ steps, output, code });
      });
    });
  }
  const named = (steps: readonly Step[], name: string): Step | undefined => steps.find(({ step }) => step === name);
  const agentCalled = async (name: string) => {
    const { body } = await world.admin.call('GET', '/api/v1/agents?limit=100');
    return body.agents.find((agent: { name: string }) => agent.name === name);
  };

  test('secure() registers, and comes back as the same agent, process after process', async () => {
    const ids = new Set<string | undefined>();
    for (let index = 0; index < (how === 'whole' ? 4 : 2); index += 1) {
      const { steps, output, code } = await run(['register', 'steady']);
      expect(code, output).toBe(0);
      expect(named(steps, 'secured')).toMatchObject({ version });
      ids.add(named(steps, 'secured')?.id);
    }
    expect(ids.size).toBe(1);
    expect((await agentCalled('steady')).status).toBe('pending');
  });

  test('allowed, denied, approved by a person, denied by a person', async () => {
    await run(['register', 'actor']);
    const { id } = await agentCalled('actor');
    await world.admin.call('POST', `/api/v1/agents/${id}/verify`);
    await world.admin.call('POST', `/api/v1/agents/${id}/capabilities`, { capabilityType: 'db:read' });
    const running = run(['act', 'actor']);
    const decided: string[] = [];
    for (const decision of ['approve', 'deny']) {
      const item = await until(async () => {
        const { body } = await world.admin.call('GET', `/api/v1/admin/verifications/pending?agent_id=${id}`);
        return body.verifications.find((each: { id: string }) => !decided.includes(each.id));
      }, 30_000);
      decided.push(item.id);
      const answer = await world.admin.call('POST', `/api/v1/admin/verifications/${item.id}/${decision}`, {
        reason: 'not on a Monday',
        actionHash: item.binding.actionHash,
      });
      expect(answer.status).toBe(200);
    }
    const { steps, output } = await running;
    expect(named(steps, 'read'), output).toMatchObject({ value: 'rows' });
    expect(named(steps, 'drop'), output).toMatchObject({ error: 'ActionDeniedError' });
    expect(named(steps, 'send'), output).toMatchObject({ value: 'sent' });
    expect(named(steps, 'send again'), output).toMatchObject({
      error: 'ActionDeniedError',
      text: expect.stringContaining('not on a Monday'),
    });
    expect(named(steps, 'plain'), output).toMatchObject({ value: { verified: true } });
  });

  // What its source names, whether a journey calls it or not: an address without a route is a feature that fails.
  test('every address that it knows of this server is served', () => {
    const package_ = join(dirname(python), '..', 'lib');
    const isServed = (path: string) => routes.some((route) => patternOf(route.path).test(path));
    const addresses = globSync('**/site-packages/aim_sdk/**/*.py', { cwd: package_ }).flatMap((file) =>
      [...readFileSync(join(package_, file), 'utf8').matchAll(/["'](?:\{[a-z_.]+\})?(\/(?:api|auth)\/[^"'\s?]*)/g)].map(
        ([, path = '']) => path.replace(/\{[^}]*\}/g, 'x'),
      ),
    );
    expect(addresses.length).toBeGreaterThan(10);
    // Its policy cache says itself that no server has the first; the second is an address of the makers' registry.
    const elsewhere = ['/api/v1/agents/x/policies', '/api/v1/telemetry/runtime'];
    expect(addresses.filter((path) => !isServed(path) && !elsewhere.includes(path))).toEqual([]);
  });

  if (how === 'quick') return;

  test('asks for a capability, manages agents, reports and attests MCP servers', async () => {
    await run(['register', 'keeper']);
    const { id } = await agentCalled('keeper');
    await world.admin.call('POST', `/api/v1/agents/${id}/verify`);
    const server = await world.admin.call('POST', '/api/v1/mcp-servers', { name: 'files', url: 'mcp://files' });
    const { steps, output } = await run(['manage', 'keeper', server.body.id]);
    expect(named(steps, 'request'), output).toMatchObject({ value: { capabilityType: 'file:write', status: 'pending' } });
    expect(named(steps, 'request again'), output).toMatchObject({ value: { status: 'pending' } });
    expect(named(steps, 'list'), output).toMatchObject({ value: expect.arrayContaining(['keeper']) });
    expect(named(steps, 'list suspended'), output).toMatchObject({ value: 0 });
    expect(named(steps, 'get'), output).toMatchObject({ value: 'keeper' });
    expect(named(steps, 'update'), output).toMatchObject({ value: 'a café, changed' });
    expect(named(steps, 'delete'), output).toMatchObject({ value: { success: true } });
    expect(named(steps, 'register capability')?.error, output).toBeUndefined();
    expect(named(steps, 'connect mcp'), output).toMatchObject({ value: { success: true, added: 1 } });
    expect(named(steps, 'report'), output).toMatchObject({ value: { success: true } });
    expect(named(steps, 'attest'), output).toMatchObject({ value: { success: true, attestationId: expect.any(String) } });
    // What it asked for is not there until somebody approves, and is there from then on; what was rejected is not.
    const { body: requests } = await world.admin.call('GET', `/api/v1/admin/capability-requests?agent_id=${id}`);
    const asked = (type: string) => requests.find((each: { capabilityType: string }) => each.capabilityType === type);
    const write = async () => named((await run(['write', 'keeper'])).steps, 'write');
    expect(await write()).toMatchObject({ error: 'ActionDeniedError' });
    const decide = (type: string, verb: string) =>
      world.admin.call('POST', `/api/v1/admin/capability-requests/${asked(type).id}/${verb}`);
    expect((await decide('file:write', 'approve')).status).toBe(200);
    expect(await write()).toMatchObject({ value: 'written' });
    expect((await decide('report:make', 'reject')).status).toBe(200);
    const { body: held } = await world.admin.call('GET', `/api/v1/agents/${id}/capabilities`);
    expect(held.map(({ capabilityType }: { capabilityType: string }) => capabilityType)).toEqual(['file:write']);
  });

  test('registers and replaces a post-quantum key; hybrid mode begins with both signatures, which no SDK makes yet', async () => {
    const { steps, output } = await run(['post-quantum', 'lattice']);
    expect(named(steps, 'algorithms'), output).toMatchObject({ value: ['Ed25519', 'ML-DSA-65', 'Ed25519+ML-DSA-65'] });
    expect(named(steps, 'register'), output).toMatchObject({
      value: { success: true, pqcKeyAlgorithm: 'ML-DSA-65', hybridModeEnabled: false },
    });
    expect(named(steps, 'rotate'), output).toMatchObject({ value: { hasPreviousPqcKey: true } });
    expect(named(steps, 'info'), output).toMatchObject({ value: true });
    expect(named(steps, 'hybrid on'), output).toMatchObject({ text: expect.stringContaining('409') });
    expect(named(steps, 'hybrid off'), output).toMatchObject({ value: { success: true, hybridModeEnabled: false } });
  });

  test.each(['sign-in', 'signature'])('talks to other agents, by %s', async (how) => {
    const name = `speaker-${how}`;
    const cards = createServer((_, response) =>
      response.end(
        JSON.stringify({
          name: 'speaker',
          description: 'x',
          url: 'http://x',
          version: '2.0.0',
          skills: [{ id: 'talk', name: 'talk' }],
        }),
      ),
    );
    await new Promise<void>((resolve) => cards.listen(0, '127.0.0.1', resolve));
    const card = `http://127.0.0.1:${(cards.address() as { port: number }).port}/.well-known/agent.json`;
    const made = named((await run([name, card], 'a2a_journey.py')).steps, 'secured') as Step & { peer: string };
    for (const id of [made.id, made.peer]) await world.admin.call('POST', `/api/v1/agents/${id}/verify`);
    const { steps, output } = await run([name, card, how], 'a2a_journey.py');
    cards.close();
    const expected: Record<string, unknown> = {
      'register card': { agent_id: made.id, skills: [{ id: 'talk' }] },
      'get card': { name: 'speaker', aim: { agentId: made.id, attestation: { issuer: 'aim-server' } } },
      'refresh card': { attestationExpires: expect.any(String) },
      'list cards': expect.any(Number),
      'update card': { description: 'a café' },
      sign: { agent_id: made.id },
      verify: { valid: true, agentId: made.id, agentName: name, attestationValid: true },
      unscored: { a2a_trust_score: null },
      'went well': { tasks_completed: 1 },
      'went badly': { tasks_failed: 1 },
      scored: { a2a_trust_score: expect.any(Number), unique_peers_count: 1 },
      compute: { tasks_completed: 1 },
      'peer trust': { success_rate: 0.5 },
      peers: expect.any(Number),
      'register skill': { name: `send_email_${how}` },
      skills: [`send_email_${how}`],
      search: [`send_email_${how}`],
      route: { agentId: made.id, agentName: name },
      capable: [made.id],
      attest: { attestedAgentId: made.id },
      consensus: { isVerified: false, uniqueAttesters: 1 },
      revoke: { isRevoked: true },
      'delete skill': { success: true },
      task: { state: 'SUBMITTED' },
      'task state': { state: 'COMPLETED' },
      history: ['COMPLETED'],
      consent: { scope: ['read'] },
      'has consent': true,
      consents: expect.any(Number),
      'revoke consent': { success: true },
      'has no consent': false,
      security: { allowed: true },
      policy: { decision: 'ALLOW' },
    };
    for (const [step, value] of Object.entries(expected)) {
      const found = named(steps, step);
      expect(found?.error, `${step}: ${found?.text}\n${output.slice(-2000)}`).toBeUndefined();
      if (typeof value === 'object') expect({ of: found?.value }, step).toMatchObject({ of: value });
      else expect([step, found?.value]).toEqual([step, value]);
    }
    expect(named(steps, 'verify again')).toMatchObject({
      error: 'A2AError',
      text: expect.stringContaining('nonce already used'),
    });
    expect(named(steps, 'set trust')).toMatchObject({ error: 'A2AError' });
    expect((await world.admin.call('GET', `/api/v1/agents/${made.id}`)).body.publicKey).toBe(
      (await agentCalled(name)).publicKey,
    );
  });

  test('registers with an API key', async () => {
    const { body } = await world.admin.call('POST', '/api/v1/api-keys', { name: 'for a test' });
    const other = join(home, 'other');
    mkdirSync(other, { recursive: true });
    const { steps, output } = await run(['register', 'keyed', body.apiKey, world.url]);
    expect(named(steps, 'secured')?.id, output).toEqual(expect.any(String));
    expect((await agentCalled('keyed')).createdByEmail).toBe(world.admin.email);
  });
});

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);

/** Writes the file that `aim-sdk login` writes, from a sign-in through the page that it opens. */
async function signInLike(world: World, home: string): Promise<void> {
  const verifier = randomBytes(64).toString('base64url');
  const redirectUri = 'http://localhost:49152/callback';
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const { location } = await codeByForm(world.url, world.admin, {
    redirectUri,
    challenge,
    state: randomBytes(32).toString('base64url'),
  });
  const code = new URL(location ?? '').searchParams.get('code');
  const { body } = await world.call('POST', '/api/v1/auth/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
  mkdirSync(join(home, '.aim'), { mode: 0o700 });
  const credentials = {
    aimUrl: world.url,
    refreshToken: body.refresh_token,
    accessToken: body.access_token,
    userId: body.user_id,
    userEmail: body.email,
    organizationId: body.organization_id,
    schemaVersion: '1.0',
    type: 'sdk_oauth',
  };
  writeFileSync(join(home, '.aim', 'sdk_credentials.json'), JSON.stringify(credentials, null, 2), { mode: 0o600 });
}
