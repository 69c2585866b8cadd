// Every verb against every way in which a server can refuse, through the built program: the exit code, and one object on standard error.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorOutput } from '../../commands/schema/program.ts';
import { ExitCode } from '../../src/errors.ts';
import { features } from '../../src/wire/session.ts';
import { freshMachine, type Machine, program, run } from '../pty/terminal.ts';
import { wordsFor } from './every-verb.ts';
import { eachOf, runInThread } from './in-thread.ts';
import { refusing, type ScriptedServer, scriptedServer } from './stage.ts';

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

const refusals: [name: string, code: number, answer: Answer][] = [
  ['401', 4, refusing(401)],
  ['403', 5, refusing(403)],
  ['404', 6, refusing(404)],
  ['409', 7, refusing(409)],
  ['429', 9, refusing(429, { 'retry-after': '7' })],
  ['no answer in time', 11, () => {}],
];

let machine: Machine;
const servers = new Map<string, ScriptedServer>();
beforeAll(async () => {
  machine = freshMachine({ AIM_TOKEN: 'a.b.c', AIM_RETRIES: '0' });
  for (const [name, , answer] of refusals) servers.set(name, await scriptedServer(butStatus(answer)));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  machine.remove();
});

/** The exit code, and the error as it was said in JSON. */
async function outcome(
  verb: string,
  url: string,
  isSilent: boolean,
): Promise<{ code: number | null; said: Record<string, unknown> }> {
  const argv = [...verb.split('.'), ...(words[verb] ?? []), '--json', ...(isSilent ? ['--timeout', '300ms'] : [])];
  const { code, stdout, stderr } = await runInThread(argv, { ...machine.env, AIM_SERVER: url });
  // Status prints what it found, also where that is a refusal.
  if (verb === 'status') return { code, said: (JSON.parse(stdout) as { problem: Record<string, unknown> }).problem };
  return { code, said: stderr === '' ? { stdout } : (JSON.parse(stderr) as Record<string, unknown>) };
}

const situations: [name: string, code: number][] = [
  ...refusals.map(([name, code]): [string, number] => [name, code]),
  ['a refused connection', 10],
];

describe.each(situations)('%s', (name, code) => {
  test(`ends every verb with ${code}, and says so in one object`, async () => {
    const url = servers.get(name)?.url ?? 'http://127.0.0.1:9';
    await eachOf(Object.keys(words), 4, async (verb) => {
      const found = await outcome(verb, url, code === ExitCode.Timeout);
      expect({ verb, ...found }).toEqual({ verb, code, said: expect.objectContaining({ exitCode: code }) });
      if (verb === 'status') return;
      expect(z.safeParse(errorOutput, found.said).error).toBeUndefined();
      if (name === '429') expect({ verb, retryAfter: found.said['retryAfter'] }).toEqual({ verb, retryAfter: 7 });
    });
  }, 180_000);
});

test('settings that cannot be read stop every verb but those that mend and explain', async () => {
  const env = { ...machine.env, XDG_CONFIG_HOME: `${machine.root}/broken` };
  mkdirSync(`${machine.root}/broken/aim`, { recursive: true });
  const path = `${machine.root}/broken/aim/config.json`;
  writeFileSync(path, '{"theme": ');
  expect(await runInThread(['agents', 'ls'], env)).toMatchObject({ code: 2, stderr: expect.stringContaining(path) });
  for (const verb of ['help', 'paths', 'doctor', 'version --json', 'schema error', 'completion bash']) {
    const { stdout, stderr } = await runInThread(verb.split(' '), env);
    expect({ verb, stdout, stderr }).toEqual({
      verb,
      stdout: expect.stringMatching(/./),
      stderr: expect.stringContaining(path),
    });
  }
  // An editor needs a terminal, and that is what is said.
  expect((await runInThread(['config', 'edit'], env)).stderr).toContain('An editor needs a terminal');
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
