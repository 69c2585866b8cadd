// `aim exec` around real commands, `aim why` about them, and what is printed without doing anything.

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, waitUntil } from '../pty/terminal.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  // Its first use makes the agent; a person then verifies it and gives it what it needs.
  await stage.aim('exec', '--capability', 'files:write', '--', 'true');
  await stage.json('agents', 'verify', 'shell', '--yes');
  await stage.json('agents', 'capabilities', 'grant', 'shell', 'files:write', '--yes');
}, 60_000);
afterAll(() => stage?.end());

const waiting = () =>
  waitUntil(async () => ((await stage.json('approvals', 'ls')) as { items: { id: string }[] }).items[0]?.id, 20_000);

describe('aim exec', () => {
  test.each<[title: string, command: string[], code: number]>([
    ['passes a success on', ['true'], 0],
    ['passes a failure on', ['sh', '-c', 'exit 42'], 42],
    ['passes a signal on as a shell does', ['sh', '-c', 'kill -TERM $$'], 143],
    ['says that there is no such program', ['no-such-program-anywhere'], 127],
  ])('%s', async (_, command, code) => {
    expect((await stage.aim('exec', '--capability', 'files:write', '--', ...command)).code).toBe(code);
  });

  test('gives the command its arguments and streams as they are', async () => {
    const { stdout, code } = await stage.aimWith(
      { input: 'from outside' },
      'exec',
      '--capability',
      'files:write',
      '--',
      'sh',
      '-c',
      'cat; printf " %s" "$@"',
      'sh',
      '--json',
      '-x',
      '--',
      'a b',
    );
    expect(stdout).toBe('from outside --json -x -- a b');
    expect(code).toBe(0);
  });

  test('does not run what is denied', async () => {
    const proof = join(stage.machine.root, 'denied');
    const { code, stderr } = await stage.aim('exec', '--capability', 'db:drop', '--', 'touch', proof);
    expect(code).toBe(5);
    expect(stderr).not.toBe('');
    expect(existsSync(proof)).toBe(false);
  });

  test('waits for a person, who sees the command, and runs it then', async () => {
    const proof = join(stage.machine.root, 'approved');
    const running = stage.aim(
      'exec',
      '--capability',
      'db:drop',
      '--resource',
      'test',
      '--jit',
      '--reason',
      'a rehearsal',
      '--',
      'touch',
      proof,
    );
    const id = await waiting();
    expect(existsSync(proof)).toBe(false);
    const { stdout } = await stage.aim('approvals', 'show', id);
    expect(stdout).toContain(`touch ${proof}`);
    expect(stdout).toMatch(/reason: a rehearsal/);
    await stage.json('approvals', 'approve', id, '--yes');
    expect((await running).code).toBe(0);
    expect(existsSync(proof)).toBe(true);
  });

  test('passes the reason of a denial on', async () => {
    const running = stage.aim('exec', '--capability', 'db:drop', '--resource', 'prod', '--jit', '--', 'true');
    await stage.aim('approvals', 'deny', await waiting(), '--reason', 'never on prod');
    const { code, stderr } = await running;
    expect(code).toBe(5);
    expect(stderr).toContain('never on prod');
  });

  test('ends at its patience without running anything', async () => {
    const proof = join(stage.machine.root, 'late');
    const args = ['exec', '--capability', 'db:drop', '--resource', 'late', '--jit', '--wait', '1s', '--', 'touch', proof];
    expect((await stage.aim(...args)).code).toBe(11);
    expect(existsSync(proof)).toBe(false);
  });

  test('says nothing but one error object with --json, however long it waits', async () => {
    const args = ['--json', '--capability', 'db:drop', '--resource', 'quiet', '--jit', '--wait', '1s', '--', 'true'];
    const { code, stderr } = await stage.aim('exec', ...args);
    expect(code).toBe(11);
    expect(JSON.parse(stderr)).toMatchObject({ exitCode: 11 });
  });

  test('a command that cannot be started is an error object with --json', async () => {
    const { code, stderr } = await stage.aim('exec', '--json', '--capability', 'files:write', '--', 'no-such-program-anywhere');
    expect(code).toBe(127);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'exec.not-started', exitCode: 127 });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends with %s while it waits, says what still waits, and runs nothing', async (signal, code) => {
    const proof = join(stage.machine.root, 'late');
    const args = ['exec', '--capability', 'db:drop', '--resource', 'late', '--jit', '--', 'touch', proof];
    const child = spawn(process.execPath, [program, ...args], { env: stage.machine.env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const said = collect(child.stderr);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(said()).toMatch(/Interrupted\.\n +Nothing ran\. The request still waits.*: aim approvals show \S+\n$/);
    expect(existsSync(proof)).toBe(false);
  });

  test('asks nothing for a command that is empty', async () => {
    const { total } = await stage.json('events', 'ls');
    expect(await stage.aim('exec', '--capability', 'files:write', '--', '')).toMatchObject({ code: 2 });
    expect((await stage.json('events', 'ls'))['total']).toBe(total);
  });

  // Without a terminal nobody but us can tell the command that it is to end.
  test.each(['SIGINT', 'SIGTERM', 'SIGQUIT'] as const)('%s that is sent to it alone reaches the command', async (signal) => {
    const script = `trap 'exit 42' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const args = ['exec', '--capability', 'files:write', '--', 'sh', '-c', script];
    const child = spawn(process.execPath, [program, ...args], { env: stage.machine.env, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill(signal);
    expect(await ended).toBe(42);
  });
});

test('aim why names the rule that decides', async () => {
  const { items } = (await stage.json('events', 'ls', '--filter', 'outcome:denied')) as { items: { id: string }[] };
  const { stdout } = await stage.aim('why', items.at(-1)!.id);
  expect(stdout).toMatch(/^Denied: shell asked for /);
  expect(stdout).toMatch(/^ {2}> /m);
});

describe('without doing anything', () => {
  test('a dry run shows the change and the verdict', async () => {
    const { stdout, code } = await stage.aim('agents', 'edit', 'shell', '--description', 'changed', '--dry-run');
    expect(stdout).toMatch(/Nothing was sent\. It would be: PUT \/api\/v1\/agents\//);
    expect(stdout).toContain('-> "changed"');
    expect(stdout).toContain('Your role admin admits it');
    expect(code).toBe(0);
    expect(await stage.json('agents', 'show', 'shell')).not.toMatchObject({ description: 'changed' });
  });

  test('--curl prints a call that works, without the token', async () => {
    const { stdout } = await stage.aim('agents', 'ls', '--curl');
    expect(stdout).toMatch(/^curl .*"authorization: Bearer \$AIM_TOKEN" /);
    expect(stdout).not.toMatch(/eyJ/);
  });

  test('--jq and --template pick from the JSON', async () => {
    expect((await stage.aim('agents', 'ls', '--jq', '.items[].name')).stdout).toBe('shell\n');
    expect((await stage.aim('agents', 'ls', '--jq', '.items | length')).stdout).toBe('1\n');
    expect((await stage.aim('agents', 'ls', '--template', '{{name}} is {{status}}')).stdout).toBe('shell is verified\n');
    expect(await stage.aim('agents', 'ls', '--jq', '.items[')).toMatchObject({ code: 2 });
  });

  test('a receipt that was changed does not hold', async () => {
    const path = join(stage.machine.root, 'receipt.json');
    writeFileSync(path, JSON.stringify({ payload: 'e30=', signature: 'AA==', publicKey: 'AA==' }));
    expect(await stage.aim('verify', path)).toMatchObject({ code: 5 });
    writeFileSync(path, 'not json');
    expect(await stage.aim('verify', path)).toMatchObject({ code: 2 });
  });
});

function collect(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}
