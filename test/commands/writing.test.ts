// Verbs that write: what they show before they do it, that they do it once, and only to what was seen.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { asking, writtenFor } from './every-verb.ts';
import { runHere, type Situation } from './in-process.ts';
import { type ScriptedServer, scriptedServer } from './stage.ts';

let plane: TestControlPlane;
let machine: Machine;
let agentId: string;
const key = generateSigningKey();

beforeAll(async () => {
  machine = freshMachine();
  plane = await startTestControlPlane();
  const login = ['login', '--server', plane.url, '--email', plane.admin.email, '--password-stdin', '--store', 'file'];
  await aimWith({ input: plane.admin.password }, ...login);
  agentId = (await json('agents', 'create', 'billing-bot', '--public-key', key.publicKey))['id'] as string;
  await json('agents', 'verify', 'billing-bot', '--yes');
});
afterAll(async () => {
  await plane?.stop();
  machine?.remove();
});

const aimWith = (situation: Partial<Situation>, ...argv: string[]) =>
  runHere(argv, { env: { ...machine.env, AIM_SERVER: plane.url }, ...situation });
const aim = (...argv: string[]) => aimWith({}, ...argv);
async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await aim(...argv, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const POLICY = [
  '--yes',
  '--from',
  '{"name":"p","policyType":"capability_violation","enforcementAction":"alert_only","appliesTo":"all"}',
];
// `policies approvals` shows without --from, and only what was decided can be taken back.
const READS_WITHOUT_MORE = new Set(['policies.approvals', 'policies.edit-approvals', 'approvals.undo', 'tags.edit']);

async function waiting(resource: string): Promise<string> {
  const timestamp = actionTimestamp();
  const asked = { agentId, capability: 'db:delete', resource, context: { jit_access: true }, timestamp };
  const signature = key.sign(actionMessage(toSignedAction(asked)));
  const response = await fetch(`${plane.url}/api/v1/sdk-api/verifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...asked, signature, publicKey: key.publicKey }),
  });
  return ((await response.json()) as { id: string }).id;
}

describe('--dry-run', () => {
  test('shows the call, the change and the verdict of every verb that writes, and sends nothing', async () => {
    const approval = await waiting('dry');
    const words = writtenFor({
      agent: 'billing-bot',
      approval,
      policy: (await json('policies', 'create', ...POLICY))['id'] as string,
      id: 'f5abdd37-d962-4905-b225-9b2c26d99295',
    });
    await json('agents', 'capabilities', 'grant', 'billing-bot', 'db:read', '--yes');
    const entries = async () => ((await json('audit', 'ls', '--limit', '1'))['items'] as { id: string }[])[0]?.id;
    const before = await entries();
    for (const action of asking.filter(
      ({ risk = 'read', id }) => risk !== 'read' && id in words && !READS_WITHOUT_MORE.has(id),
    )) {
      const { stdout, stderr, code } = await aim(...action.id.split('.'), ...(words[action.id] ?? []), '--dry-run', '--json');
      expect({ verb: action.id, code, stderr }).toEqual({ verb: action.id, code: 0, stderr: '' });
      const plan = JSON.parse(stdout) as { dryRun: boolean; call: { method: string }; allowed: boolean; because: string };
      expect({ verb: action.id, ...plan }).toMatchObject({
        dryRun: true,
        allowed: true,
        because: expect.stringMatching(/\.$/),
      });
      expect(plan.call.method).not.toBe('GET');
    }
    expect(await entries()).toBe(before);
  });

  test.each<[title: string, args: string[], expected: RegExp]>([
    ['what an agent would be', ['agents', 'suspend', 'billing-bot'], /status: "verified" -> "suspended"/],
    ['what policy asks for', ['approvals', 'approve', 'ID'], /It needs 1 approval; 0 are there\. You may decide it\./],
    ['a setting', ['config', 'set', 'theme', 'dark'], /Nothing was written.*\n {2}theme: \(not set\) -> "dark"/],
    ['a view', ['views', 'save', 'low', 'agents sort:trust'], /views\.low: \(not set\) -> "agents sort:trust"/],
    ['a profile', ['profile', 'create', 'prod', 'https://a.example'], /profiles\.prod: \(not set\) -> .*a\.example/],
  ])('says %s', async (_, args, expected) => {
    const id = args.includes('ID') ? await waiting('shown') : '';
    const { stdout, code } = await aim(...args.map((word) => (word === 'ID' ? id : word)), '--dry-run');
    expect(stdout).toMatch(expected);
    expect(code).toBe(0);
    expect(await aim('config', 'get', 'theme')).toMatchObject({ stdout: 'auto\n' });
  });
});

describe('an id that nothing has names the one that was meant', () => {
  const wrong = (id: string) => `${id.slice(0, -2)}${id.endsWith('00') ? '11' : '00'}`;
  test.each<[title: string, verb: string[]]>([
    ['a request', ['approvals', 'show']],
    ['a request that is decided', ['approvals', 'approve', '--yes']],
    ['an event', ['events', 'show']],
    ['what is asked why', ['why']],
  ])('%s', async (_, verb) => {
    const id = await waiting('meant');
    const { code, stderr } = await aim(...verb, wrong(id));
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(`Did you mean ${id}?`) });
  });

  test('a mistyped end of one, of a policy', async () => {
    const id = (await json('policies', 'create', ...POLICY.map((word) => word.replace('"p"', '"q"'))))['id'] as string;
    const mistyped = id.endsWith('0') ? `${id.slice(-10, -1)}1` : `${id.slice(-10, -1)}0`;
    expect((await aim('policies', 'delete', mistyped, '--confirm', mistyped)).stderr).toContain(`Did you mean ${id}?`);
  });

  test('nothing like it says where they are', async () => {
    expect((await aim('events', 'show', 'nonsense')).stderr).toContain('See them: aim events ls');
  });
});

describe('a reason', () => {
  test.each([
    ['of a megabyte', 'x'.repeat(1_000_000), 2, /--reason .* it is longer than 4,000 characters/],
    ['that just fits', 'y'.repeat(4000), 0, /^$/],
  ])('%s', async (_, reason, code, words) => {
    const id = await waiting('reasons');
    const ended = await aimWith({ input: reason }, 'approvals', 'deny', id, '--reason', '-', '-q');
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: expect.stringMatching(words) });
  });
});

describe('a verb of which a dry run would be none says so, and does nothing', () => {
  const proof = () => join(machine.root, 'was-run');
  test.each<[title: string, args: () => string[]]>([
    ['a program', () => ['exec', '--capability', 'db:read', '--dry-run', '--', 'touch', proof()]],
    ['the end of a sign-in', () => ['logout', '--dry-run']],
    ['a sign-in', () => ['login', '--email', 'x@example.com', '--password-stdin', '--dry-run']],
    ['what an agent signs', () => ['mcp', 'attest', 'notes', '--agent', 'billing-bot', '--dry-run']],
    ['a local verb without a plan', () => ['mcp', 'inspect', 'notes', '--dry-run']],
  ])('%s', async (_, args) => {
    const { code, stdout, stderr } = await aim(...args());
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('Nothing was done.') });
    expect(existsSync(proof())).toBe(false);
    expect(await aim('whoami', '--json=email')).toMatchObject({ code: 0 });
  });
});

describe('--if-match', () => {
  test('lets through what is still as it was seen', async () => {
    const { updatedAt } = await json('agents', 'show', 'billing-bot');
    const edited = await json('agents', 'edit', 'billing-bot', '--description', 'seen', '--if-match', updatedAt as string);
    expect(edited).toMatchObject({ description: 'seen' });
  });

  test.each<[title: string, args: string[], code: number]>([
    ['refuses what has changed since', ['agents', 'edit', 'billing-bot', '--description', 'x'], 7],
    ['refuses where nothing is there to compare', ['users', 'role', 'f5abdd37', 'member', '--yes'], 2],
    ['refuses where nothing is written', ['agents', 'ls'], 2],
  ])('%s', async (_, args, code) => {
    const finished = await aim(...args, '--if-match', '2020-01-01T00:00:00.000Z');
    expect(finished.code).toBe(code);
    expect(finished.stdout).toBe('');
  });
});

describe('on the way', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await scriptedServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'u1', apiKey: 'aim_live_secret', email: 'a@example.com' }));
    });
  });
  afterAll(() => server?.close());
  const there = (extra: Record<string, string>, ...argv: string[]) =>
    runHere(argv, { env: { ...machine.env, AIM_SERVER: server.url, AIM_TOKEN: 'aaa.bbb.ccc', ...extra } });

  test('the key that makes a change happen once is sent with it', async () => {
    await there({}, 'keys', 'create', 'ci', '--idempotency-key', 'ticket-4711');
    expect(server.requests.at(-1)?.headers['idempotency-key']).toBe('ticket-4711');
  });

  test('AIM_DEBUG=api says each call, and no secret of it', async () => {
    const { stderr } = await there({ AIM_DEBUG: 'api' }, 'keys', 'create', 'ci', '--json');
    expect(stderr).toMatch(/> POST http:.*\/api\/v1\/api-keys/);
    expect(stderr).toMatch(/> Authorization: Bearer \*\*\*/i);
    expect(stderr).toMatch(/> \{"name":"ci"/);
    expect(stderr).toMatch(/< 200 in \d+ ms/);
    expect(stderr).not.toMatch(/aaa\.bbb|live_secret/);
  });
});

describe('--wait', () => {
  test.each<[title: string, decide: string[], code: number]>([
    ['ends with 0 where it was approved', ['approve', 'ID', '--yes'], 0],
    ['ends with 5 where it was denied', ['deny', 'ID', '--reason', 'no'], 5],
  ])('%s', async (_, decide, code) => {
    const id = await waiting(`wait-${code}`);
    const shown = aim('approvals', 'show', id, '--wait', '--json');
    await json('approvals', ...decide.map((word) => (word === 'ID' ? id : word)));
    expect((await shown).code).toBe(code);
  });

  test('ends with 11 where nobody decides in time', async () => {
    const id = await waiting('nobody');
    expect(await aim('approvals', 'show', id, '--wait', '--timeout', '200ms')).toMatchObject({
      code: 11,
      stderr: expect.stringContaining('still waits'),
    });
    expect(await aim('approvals', 'watch', '--wait', '--timeout', '200ms', '--no-waiting')).toMatchObject({ code: 11 });
  });
});

describe('a filter', () => {
  test.each<[title: string, args: string[]]>([
    ['of a list that is empty', ['webhooks', 'ls']],
    ['of a list that is not', ['agents', 'ls']],
    ['of decided requests', ['approvals', 'history']],
  ])('%s knows its members', async (_, args) => {
    expect(await aim(...args, '--filter', 'nmae:x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no field "nmae"'),
    });
  });
});
