// Every verb that watches: it ends where it is told to, begins where it is told to, and what has no meaning for it is refused with the reason.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { spelled } from '../../commands/spellings.ts';
import { passwordTokens } from '../../src/auth/login-password.ts';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import type { Finished } from '../pty/terminal.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';

let machine: Machine;
let plane: TestControlPlane;
let env: Record<string, string>;
let log: string;
let home: string;
let ask: (resource: string) => Promise<void>;

/** A line that alerts by itself, each about another agent. */
const alarming = (agent: string, at: Date) =>
  `${JSON.stringify({ timestamp: at.toISOString(), category: 'AGENT', event_type: 'AGENT_STALE_CREDENTIALS', severity: 'WARNING', agent_name: agent })}\n`;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

beforeAll(async () => {
  [machine, plane] = [freshMachine(), await startTestControlPlane()];
  const { accessToken } = await passwordTokens(plane.url, plane.admin);
  env = { ...machine.env, AIM_SERVER: plane.url, AIM_TOKEN: accessToken };
  log = join(machine.root, 'security.log');
  writeFileSync(log, alarming('old', hoursAgo(48)) + alarming('one', hoursAgo(3)) + alarming('two', hoursAgo(1)));
  home = join(machine.root, 'watched');
  mkdirSync(join(home, '.cursor'), { recursive: true });
  const mcpServers = { files: { command: 'files' }, notes: { command: 'notes' } };
  writeFileSync(join(home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers }));
  const key = generateSigningKey();
  const made = await plane.api.agents.create({ name: 'billing-bot', publicKey: key.publicKey, capabilities: ['db:read'] });
  await plane.trust(made.id);
  ask = async (resource) => {
    const context = { jit_access: true };
    const action = { agentId: made.id, capability: 'db:delete', resource, context, timestamp: actionTimestamp() };
    const signature = key.sign(actionMessage(toSignedAction(action)));
    await fetch(`${plane.url}/api/v1/sdk-api/verifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...action, signature, publicKey: key.publicKey }),
    });
  };
  for (const resource of ['first', 'second', 'third']) await ask(resource);
}, 60_000);
afterAll(async () => {
  await plane?.stop();
  machine?.remove();
});

const words = (line: string) => line.split(' ').map((word) => ({ LOG: log, HOME: home })[word] ?? word);
const aim = (line: string): Promise<Finished> => runHere(spelled(words(line)), { env });
type Line = Readonly<Record<string, unknown>>;
const linesOf = ({ stdout, stderr, code }: Finished): Line[] => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
};

/** Each with a filter that the second of its lines fits first, or the first where all are alike. */
const watches = [
  ['approvals watch', 'resource:second'],
  ['events tail', 'resource:second'],
  ['logs tail LOG', 'agent:one'],
  ['logs watch LOG --since 4h', 'subject:two'],
  ['mcp watch --home HOME', 'change:present'],
  ['mcp report --watch --agent billing-bot --home HOME', 'reported:2'],
] as const;

test('all of them are here', () => {
  const following = registry.filter((action) => 'stream' in action && 'follow' in action.options).map(({ id }) => id);
  const here = watches.map(([line]) => line.replace('report --watch', 'keep-reporting').split(' ').slice(0, 2).join('.'));
  expect(here.sort()).toEqual(following.sort());
});

describe.each(watches)('aim %s', (line, filter) => {
  test('ends after so many', async () => expect(linesOf(await aim(`${line} --json --limit 1`))).toHaveLength(1));

  test('ends after the first that fits', async () => {
    const lines = linesOf(await aim(`${line} --json --exit-on ${filter}`));
    expect(lines).toHaveLength(['reported:2', 'change:present'].includes(filter) ? 1 : 2);
  });

  test('ends where nothing more is there for now', async () => {
    expect(linesOf(await aim(`${line} --json --no-follow`)).length).toBeGreaterThan(0);
  });

  test('ends at a moment, also where nothing comes any more', async () => {
    const soon = new Date(Date.now() + 300).toISOString();
    expect(linesOf(await aim(`${line} --json --until ${soon}`)).length).toBeGreaterThan(0);
  });

  test('does not wait for what cannot come before a moment that has passed', async () => {
    expect(await aim(`${line} --json --until 1d`)).toMatchObject({ code: 0 });
  });

  test.each(['--limit 0', '--limit -1', '--limit x', '--until yesterday'])('refuses %s', async (option) => {
    expect(await aim(`${line} ${option}`)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('what has no meaning for a watch', () => {
  test.each<[line: string, option: string, why: RegExp]>([
    ['logs watch LOG', '--cursor 1:2', /has no --cursor: an alert is made of many lines.*\n.*--since TIME/],
    ['mcp watch', '--cursor x', /has no --cursor: files have no positions.*\n.*begins with what is there now/],
    ['mcp watch', '--since=1h', /has no --since: files do not say what they held before/],
    ['mcp report --watch --agent x', '--since 1h', /has no --since/],
    ['mcp report --watch --agent x', '--cursor 1', /has no --cursor/],
  ])('%s %s is refused, and not offered', async (line, option, why) => {
    const { code, stdout, stderr } = await aim(`${line} ${option}`);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(why) });
    const id = line.replace('report --watch', 'keep-reporting').split(' ').slice(0, 2).join('.');
    expect(Object.keys(registry.find((action) => action.id === id)?.options ?? {})).not.toContain(/--(\w+)/.exec(option)?.[1]);
  });
});

describe('a watch of security logs that begins in the past', () => {
  const subjects = (lines: readonly Line[]) => lines.map((line) => line['subject']);
  test('says what it would have said', async () => {
    expect(subjects(linesOf(await aim('logs watch LOG --json --since 4h --no-follow')))).toEqual(['one', 'two']);
  });
  test('and no more than up to a moment', async () => {
    expect(subjects(linesOf(await aim('logs watch LOG --json --since 3d --until 2h')))).toEqual(['old', 'one']);
  });
  test('and goes on from there', async () => {
    const watching = aim('logs watch LOG --json --since 2h --limit 2');
    appendFileSync(log, alarming('new', new Date()));
    expect(subjects(linesOf(await watching))).toEqual(['two', 'new']);
  });
});

test('a watch of approvals that goes on from a position ends where nothing more is there', async () => {
  const [first] = linesOf(await aim('events tail --type approval --json --limit 1 --backlog 10'));
  const lines = linesOf(await aim(`approvals watch --json --cursor ${first?.['position']} --no-follow`));
  expect(lines).toEqual(
    ['second', 'third'].map((resource) => expect.objectContaining({ subject: expect.objectContaining({ resource }) })),
  );
});
