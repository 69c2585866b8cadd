// The verbs through the built program against a real control plane: what they print, and what they do.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolAgent, openStage, type Stage, type TestAgent } from './stage.ts';

let stage: Stage;
let agent: TestAgent;
beforeAll(async () => {
  stage = await openStage();
  agent = await enrolAgent(stage, 'billing-bot');
  await agent.ask('db:read', 'invoices');
}, 60_000);
afterAll(() => stage?.end());

const waiting = async (resource: string) => {
  const { id, status } = await agent.ask('db:delete', resource, { jit_access: true, reason: 'cleaning up' });
  expect(status).toBe('pending');
  return id;
};

describe('what is printed', () => {
  test('a list is one envelope', async () => {
    expect(await stage.json('agents', 'ls')).toMatchObject({
      items: [expect.objectContaining({ name: 'billing-bot', status: 'verified' })],
      nextCursor: null,
      total: 1,
    });
  });

  test.each<[title: string, args: string[], expected: RegExp]>([
    ['tabs in a pipe', ['agents', 'ls'], /^NAME\tSTATUS\tTRUST\t.*\nbilling-bot\tverified\t/],
    ['no titles when told so', ['agents', 'ls', '--no-headers'], /^billing-bot\t/],
    [
      'the columns that were asked for, in that order',
      ['agents', 'ls', '--columns', 'status,name'],
      /^STATUS\tNAME\nverified\tbilling-bot\n$/,
    ],
    ['ids alone', ['agents', 'ls', '--quiet'], /^[0-9a-f-]{36}\n$/],
    [
      'some fields',
      ['agents', 'ls', '--json=name,status'],
      /^\{"items":\[\{"name":"billing-bot","status":"verified"\}\],"nextCursor":null,"total":1\}\n$/,
    ],
    ['some fields as a word of their own', ['agents', 'show', 'billing-bot', '--json', 'name'], /^\{"name":"billing-bot"\}\n$/],
    ['a name behind --json stays a name', ['agents', 'show', '--json', 'billing-bot'], /"displayName":"billing-bot"/],
    ['one object a line', ['agents', 'ls', '-o', 'ndjson'], /^\{"id":"[^\n]+\}\n$/],
    ['YAML', ['agents', 'ls', '-o', 'yaml'], /^items:\n {2}- id: /],
    ['CSV', ['agents', 'ls', '-o', 'csv', '--columns', 'name,status'], /^name,status\nbilling-bot,verified\n$/],
    [
      'everything, page after page',
      ['agents', 'ls', '--all', '--json'],
      /^\{"items":\[\n\{.*\n\],"nextCursor":null,"total":1\}\n$/s,
    ],
    ['what a filter lets through', ['agents', 'ls', '--filter', 'status:suspended', '--quiet'], /^$/],
  ])('%s', async (_, args, expected) => {
    const { stdout, stderr, code } = await stage.aim(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(expected);
  });

  test('hostile text is visible, and JSON escapes it', async () => {
    const hostile = 'evil\u001b[2J\u202egnp\u009b1mx\n=cmd|calc';
    await stage.json('agents', 'edit', 'billing-bot', '--description', hostile);
    const text = await stage.aim('agents', 'show', 'billing-bot');
    const json = await stage.aim('agents', 'show', 'billing-bot', '--json');
    const yaml = await stage.aim('agents', 'show', 'billing-bot', '-o', 'yaml');
    const csv = await stage.aim('agents', 'show', 'billing-bot', '-o', 'csv');
    for (const { stdout } of [text, json, yaml, csv]) expect(stdout).not.toMatch(/[\u001b\u202e\u009b]/);
    expect(text.stdout).toContain('␛[2J');
    expect(JSON.parse(json.stdout)).toMatchObject({ description: hostile });
  });
});

describe('an agent', () => {
  test('is edited, suspended and let act again', async () => {
    expect(await stage.json('agents', 'edit', 'billing-bot', '--description', 'Pays invoices')).toMatchObject({
      description: 'Pays invoices',
    });
    expect(await stage.json('agents', 'suspend', 'billing-bot', '--yes')).toMatchObject({ status: 'suspended' });
    expect(await stage.json('agents', 'reactivate', agent.id.slice(0, 8), '--yes')).toMatchObject({ status: 'verified' });
  });

  test.each<[title: string, args: string[], code: number, words: RegExp]>([
    ['is not suspended without a word', ['agents', 'suspend', 'billing-bot'], 2, /Add --yes/],
    ['that nobody has is not found', ['agents', 'show', 'bililng-bot'], 6, /billing-bot/],
    ['is not changed by nothing', ['agents', 'edit', 'billing-bot'], 2, /Nothing was given/],
    ['is not changed where this is read-only', ['agents', 'suspend', 'billing-bot', '--yes', '--read-only'], 5, /read-only/],
    ['has no such field', ['agents', 'show', 'billing-bot', '--json=nmae'], 2, /Did you mean name/],
    ['is not filtered by what it has not', ['agents', 'ls', '--filter', 'statsu:verified'], 2, /Did you mean status/],
    ['has no such column', ['agents', 'ls', '--columns', 'nmae'], 2, /Did you mean name/],
  ])('%s', async (_, args, code, words) => {
    const finished = await stage.aim(...args);
    expect(finished.stderr).toMatch(words);
    expect(finished.code).toBe(code);
  });
});

describe('a decision', () => {
  test('shows what the agent signed, and how to decide', async () => {
    const id = await waiting('users');
    const { stdout } = await stage.aim('approvals', 'show', id);
    expect(stdout).toMatch(/signature +signed by billing-bot/);
    expect(stdout).toMatch(/action +db:delete/);
    expect(stdout).toContain('The agent says (unverified):');
    expect(stdout).toMatch(new RegExp(`aim approvals approve ${id} --if-match [0-9a-f]{64}`));
  });

  test('approves exactly what was seen', async () => {
    const id = await waiting('old-users');
    const { verdict } = (await stage.json('approvals', 'show', id)) as { verdict: { actionHash: string } };
    expect(await stage.json('approvals', 'approve', id, '--if-match', verdict.actionHash)).toMatchObject({
      status: 'approved',
    });
    const receipt = join(stage.machine.state, 'aim', 'receipts', `${id}-approve.json`);
    const { publicKey } = JSON.parse(readFileSync(receipt, 'utf8')) as { publicKey: string };
    expect(await stage.json('verify', receipt, '--key', publicKey, '--request', id)).toMatchObject({
      valid: true,
      isKeyKnown: true,
      actionHash: verdict.actionHash,
      interactive: false,
    });
    expect(await stage.aim('verify', receipt, '--decision', 'deny')).toMatchObject({ code: 5 });
  });

  test('approves nothing where the hash is another', async () => {
    const id = await waiting('users');
    const { code, stderr } = await stage.aim('approvals', 'approve', id, '--if-match', '0'.repeat(64));
    expect(code).toBe(7);
    expect(stderr).toContain('Nothing was decided');
    expect(await stage.json('approvals', 'show', id)).toMatchObject({ status: 'pending' });
  });

  test('is not made without being asked for', async () => {
    const id = await waiting('users');
    expect(await stage.aim('approvals', 'approve', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  });

  test('denies with a reason from standard input, and the record holds it', async () => {
    const id = await waiting('users');
    expect((await stage.aimWith({ input: 'not on a Friday\n' }, 'approvals', 'deny', id, '--reason', '-')).code).toBe(0);
    expect(await stage.json('approvals', 'show', id)).toMatchObject({ status: 'denied', denialReason: 'not on a Friday' });
    expect((await stage.aim('approvals', 'approve', id, '--yes')).code).toBe(7);
  });
});

describe('events', () => {
  test('are listed, shown and counted', async () => {
    const { items } = (await stage.json('events', 'ls', '--agent', 'billing-bot')) as { items: { id: string }[] };
    expect(items.length).toBeGreaterThan(0);
    expect(await stage.json('events', 'show', items[0]!.id)).toMatchObject({ id: items[0]!.id });
    expect(await stage.json('events', 'stats')).toMatchObject({ totalVerifications: expect.any(Number) });
  });

  test('that are there end without following', async () => {
    const { stdout, code } = await stage.aim('events', 'tail', '--json', '--no-follow', '--backlog', '2');
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.map(({ type }) => type)).toEqual(['verification', 'verification']);
  });

  test('that come end at the first that was waited for', async () => {
    const tail = stage.aim('events', 'tail', '--json', '--backlog', '0', '--exit-on', 'resource:the-one');
    const asked = setInterval(() => void agent.ask('db:read', 'the-one'), 300);
    const { stdout, code } = await tail.finally(() => clearInterval(asked));
    expect(code).toBe(0);
    expect(stdout).toContain('the-one');
  });
});

describe('the sign-in', () => {
  test('is told by status and whoami', async () => {
    expect(await stage.json('status')).toMatchObject({
      server: stage.url,
      signedIn: true,
      email: 'ada@example.com',
      role: 'admin',
      store: 'file',
    });
    expect(await stage.json('whoami')).toMatchObject({ email: 'ada@example.com', server: stage.url });
  });

  test('does not go to a server that only a project names', async () => {
    const { writeFileSync, mkdirSync } = await import('node:fs');
    const project = `${stage.machine.root}/project`;
    mkdirSync(project, { recursive: true });
    writeFileSync(`${project}/.aim.json`, JSON.stringify({ server: 'http://127.0.0.1:9' }));
    const elsewhere = await stage.aimWith({ cwd: project }, 'agents', 'ls');
    expect(elsewhere).toMatchObject({ code: 4, stderr: expect.stringContaining('Nobody is signed in to http://127.0.0.1:9') });
    const token = await stage.aimWith({ cwd: project, env: { AIM_TOKEN: 'secret' } }, 'agents', 'ls');
    expect(token).toMatchObject({ code: 4, stderr: expect.stringContaining('AIM_TOKEN is not sent') });
    const login = await stage.aimWith({ cwd: project, input: 'x' }, 'login', '--email', 'a@example.com', '--password-stdin');
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining('came with the project') });
  });
});

test('any call can be made', async () => {
  const { stdout, code } = await stage.aim('api', 'GET', '/api/v1/agents', '--query', 'limit=1');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ agents: [expect.anything()] });
  expect(await stage.aim('api', 'GET', '/api/v1/nothing')).toMatchObject({ code: 6 });
  expect(await stage.aim('api', 'GET', '//evil.example/x')).toMatchObject({ code: 2 });
});
