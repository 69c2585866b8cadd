// Every verb against every way in which a server can refuse, through the built program: the exit code, and one object on standard error.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { errorOutput } from '../../commands/schema/program.ts';
import { features } from '../../src/wire/session.ts';
import { freshMachine, type Machine, program, run } from '../pty/terminal.ts';
import { wordsFor } from './every-verb.ts';
import { type OneProcess, openOneProcess } from './one-process.ts';
import { refusing, type ScriptedServer, scriptedServer } from './stage.ts';
import { untilDashes } from './walk.ts';

const id = '11111111-1111-4111-8111-111111111111';
const words = wordsFor({ agent: id, approval: id, policy: id, id });

type Answer = Parameters<typeof scriptedServer>[0];

/** Says what it can do, as every control plane does without a sign-in, and refuses everything else. */
const butStatus =
  (refuse: Answer): Answer =>
  (request, response) => {
    if (request.url !== '/api/v1/status') return refuse(request, response);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ product: 'test', version: '1', time: new Date().toISOString(), features }));
  };

const refusals: [name: string, code: number, answer: Answer | null][] = [
  ['401', 4, refusing(401)],
  ['403', 5, refusing(403)],
  ['404', 6, refusing(404)],
  ['409', 7, refusing(409)],
  ['429', 9, refusing(429, { 'retry-after': '7' })],
  ['no answer in time', 11, () => {}],
  ['a refused connection', 10, null],
];

let machine: Machine;
let inPipe: OneProcess;
let onTerminal: OneProcess;
const servers = new Map<string, ScriptedServer>();
beforeAll(async () => {
  machine = freshMachine({ AIM_TOKEN: 'a.b.c', AIM_RETRIES: '0', AIM_NO_UPDATE_NOTIFIER: '1' });
  const { env, home } = machine;
  [inPipe, onTerminal] = await Promise.all([
    openOneProcess({ env, cwd: home }),
    openOneProcess({ env, cwd: home, columns: 80 }),
  ]);
  for (const [name, , answer] of refusals) if (answer) servers.set(name, await scriptedServer(butStatus(answer)));
});
afterAll(async () => {
  inPipe.close();
  onTerminal.close();
  for (const server of servers.values()) await server.close();
  machine.remove();
});

/** What stands behind -- belongs to another program. */
const commandLine = (verb: string, ...more: string[]) => {
  const given = words[verb] ?? [];
  const own = untilDashes(given);
  return [...verb.split('.'), ...given.slice(0, own), ...more, ...given.slice(own)];
};
const situation = (name: string) => ({
  ...machine.env,
  AIM_SERVER: servers.get(name)?.url ?? 'http://127.0.0.1:9',
  ...(name === 'no answer in time' && { AIM_TIMEOUT: '20ms' }),
});

describe.concurrent.each(refusals)('%s', (name, code) => {
  test(`ends every verb with ${code}, and says so in one object`, async () => {
    const otherwise: object[] = [];
    for (const verb of Object.keys(words)) {
      const { code: ended, stdout, stderr } = await inPipe.run(commandLine(verb, '--json'), situation(name));
      // Status prints what it found, also where that is a refusal.
      const said = verb === 'status' ? problemIn(stdout) : stdout === '' ? parsed(stderr) : null;
      const isRight = said?.exitCode === code && (name !== '429' || said.retryAfter === 7);
      if (ended !== code || !isRight) otherwise.push({ verb, ended, stdout, stderr });
    }
    expect(otherwise).toEqual([]);
  }, 120_000);

  test(`ends every verb with ${code} on a terminal, and says so in a sentence`, async () => {
    const otherwise: object[] = [];
    for (const verb of Object.keys(words)) {
      const { code: ended, stdout } = await onTerminal.run(commandLine(verb), situation(name));
      const isRight = verb === 'status' || SENTENCE.test(stdout.replaceAll(SGR, ''));
      if (ended !== code || !isRight) otherwise.push({ verb, ended, stdout });
    }
    expect(otherwise).toEqual([]);
  }, 120_000);
});

type Said = z.infer<typeof errorOutput>;
const problemIn = (text: string): Said | null => (JSON.parse(text) as { problem: Said | null }).problem;
/** One object of the published shape, and nothing beside it. */
const parsed = (text: string): Said | null => {
  try {
    return errorOutput.parse(JSON.parse(text));
  } catch {
    return null;
  }
};
const SGR = new RegExp(`${String.fromCharCode(27)}\\[\\d*m`, 'g');
/** What went wrong and what to do about it, and nothing that moves the cursor. */
const SENTENCE = /^(?:aim: [^\p{Cc}]+\n)+(?: {5}[^\p{Cc}]+\n)*$/u;

test('a program of its own for each ends no different', async () => {
  for (const [verb, name, code] of [
    ['agents.ls', '401', 4],
    ['approvals.approve', '403', 5],
    ['events.tail', '429', 9],
    ['policies.create', 'a refused connection', 10],
  ] as const) {
    const ended = await run(commandLine(verb, '--json'), { env: situation(name) });
    expect({ verb, ...ended, stderr: JSON.parse(ended.stderr) }).toEqual({
      ...{ verb, code, signal: null, stdout: '' },
      stderr: expect.objectContaining({ exitCode: code }),
    });
  }
});

test('settings that cannot be read stop every verb but those that mend and explain', async () => {
  const env = { ...machine.env, XDG_CONFIG_HOME: `${machine.root}/broken` };
  mkdirSync(`${machine.root}/broken/aim`, { recursive: true });
  const path = `${machine.root}/broken/aim/config.json`;
  writeFileSync(path, '{"theme": ');
  expect(await inPipe.run(['agents', 'ls'], env)).toMatchObject({ code: 2, stderr: expect.stringContaining(path) });
  for (const verb of ['help', 'paths', 'doctor', 'version --json', 'schema error', 'completion bash']) {
    const { stdout, stderr } = await inPipe.run(verb.split(' '), env);
    expect({ verb, stdout, stderr }).toEqual({
      verb,
      stdout: expect.stringMatching(/./),
      stderr: expect.stringContaining(path),
    });
  }
  // An editor needs a terminal, and that is what is said.
  expect((await inPipe.run(['config', 'edit'], env)).stderr).toContain('An editor needs a terminal');
  expect(readFileSync(path, 'utf8')).toBe('{"theme": ');
});

test('a server error text cannot act on the terminal', async () => {
  const server = await scriptedServer((_, response) => {
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: 'run this: \u001b]52;c;ZXZpbA==\u0007\u001b[31mrm -rf /\u202e' }));
  });
  const { stderr, stdout } = await run(['agents', 'ls'], { env: { ...machine.env, AIM_SERVER: server.url } });
  await server.close();
  expect(stderr + stdout).not.toMatch(/[\u001b\u0007\u202e]/);
});

describe('misuse ends with 2, and says what to do', () => {
  test.each<[title: string, args: string[], words: RegExp]>([
    ['an unknown verb', ['agnets', 'ls'], /Did you mean agents\?/],
    ['an unknown verb in a group', ['agents', 'lst'], /Did you mean ls\?/],
    ['a verb that is further down', ['agents', 'grant', 'x', 'y'], /Did you mean agents capabilities grant\?/],
    ['an unknown option', ['agents', 'ls', '--stauts', 'x'], /Did you mean --status\?/],
    ['a missing argument', ['agents', 'show'], /needs AGENT/],
    ['one argument too many', ['agents', 'show', 'a', 'b'], /no use for "b"/],
    ['a word that is not in the list', ['agents', 'ls', '--status', 'broken'], /pending, verified, suspended, revoked/],
    ['an option without its value', ['agents', 'ls', '--limit'], /argument missing/],
    ['a bad number', ['agents', 'ls', '--limit', 'many'], /--limit does not take "many"/],
    ['a bad date', ['events', 'ls', '--since', 'yesterdayish'], /--since does not take/],
    ['an unknown format', ['agents', 'ls', '-o', 'jsno'], /Did you mean json\?/],
    ['a filter that is not understood', ['agents', 'ls', '--filter', 'trust<high'], /compares numbers/],
    ['a file that is not there', ['approvals', 'deny', id, '--reason', '@/no/such/file'], /cannot be read \(ENOENT\)/],
    ['a method that is none', ['api', 'FETCH', '/'], /GET, POST/],
    ['an address that is none', ['agents', 'ls', '--server', 'aim.example'], /http or https address/],
    ['an empty argument', ['keys', 'delete', '', '--yes'], /KEY is empty/],
    ['dots for an id', ['users', 'activate', '..', '--yes'], /"\.\." is no id/],
    ['an option that is cut short', ['agents', 'ls', '--stat', 'pending'], /Did you mean --status\?/],
    ['a length of time that is none', ['agents', 'ls', '--timeout', 'NaN'], /^aim: --timeout sets/],
    ['columns of what has none', ['version', '--columns', 'x'], /has no columns/],
    ['a group without a verb, for a program', ['agents', '--json'], /"code":"verb.missing"/],
    ['the name of an unknown setting', ['config', 'get', 'theem'], /Did you mean theme\?/],
  ])('%s', async (_, args, words) => {
    const { code, stderr, stdout } = await run(args, { env: { ...machine.env, AIM_SERVER: 'http://127.0.0.1:9' } });
    expect(stderr).toMatch(words);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test.skipIf(!existsSync('/dev/full'))('output that cannot be written is one sentence', async () => {
    for (const args of ['help', 'config ls', 'version --json']) {
      const { stderr, status } = spawnSync('sh', ['-c', `"$0" "$1" ${args} > /dev/full`, process.execPath, program], {
        env: machine.env,
      });
      expect({ args, status, said: stderr.toString() }).toEqual({
        args,
        status: 1,
        said: 'aim: The output could not be written: there is no space left.\n',
      });
    }
  });

  test('a file that is not there, for a verb that asks no server', async () => {
    for (const verb of [['verify'], ['audit', 'check'], ['a2a', 'discover'], ['logs', 'query']])
      expect(await inPipe.run([...verb, '/no/such/file', '--json'], machine.env)).toMatchObject({ code: 6, stdout: '' });
  });

  test('--json that is given twice is given', async () => {
    const { code, stdout } = await inPipe.run(['config', 'get', 'theme', '--json', '--json'], machine.env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '"auto"\n' });
  });

  test('text that is not UTF-8', async () => {
    const { writeFileSync } = await import('node:fs');
    const path = `${machine.root}/latin`;
    writeFileSync(path, Buffer.from([0x66, 0xfc, 0x72]));
    const env = { ...machine.env, AIM_SERVER: 'http://127.0.0.1:9' };
    expect(await run(['approvals', 'deny', id, '--reason', `@${path}`], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not valid UTF-8'),
    });
  });
});
