// Every verb against every way in which a server can refuse: the exit code, and one object on standard error.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, program, run } from '../pty/terminal.ts';
import { refusing, type ScriptedServer, scriptedServer } from './stage.ts';

const id = '11111111-1111-4111-8111-111111111111';
const verbs: string[][] = [
  ['status'],
  ['whoami'],
  ['agents', 'ls'],
  ['agents', 'show', id],
  ['agents', 'edit', id, '--description', 'x'],
  ['agents', 'suspend', id, '--yes'],
  ['agents', 'reactivate', id, '--yes'],
  ['agents', 'verify', id, '--yes'],
  ['approvals', 'ls'],
  ['approvals', 'show', id],
  ['approvals', 'approve', id, '--yes'],
  ['approvals', 'deny', id, '--reason', 'no'],
  ['events', 'ls'],
  ['events', 'show', id],
  ['events', 'stats'],
  ['api', 'GET', '/api/v1/agents'],
];

const refusals: [name: string, code: number, answer: Parameters<typeof scriptedServer>[0]][] = [
  ['401', 4, refusing(401)],
  ['403', 5, refusing(403)],
  ['404', 6, refusing(404)],
  ['409', 7, refusing(409)],
  ['429', 9, refusing(429, { 'retry-after': '7' })],
  ['500', 10, refusing(500)],
  ['no answer in time', 11, () => {}],
];

let machine: Machine;
const servers = new Map<string, ScriptedServer>();
beforeAll(async () => {
  machine = freshMachine({ AIM_TOKEN: 'a.b.c', AIM_RETRIES: '0' });
  for (const [name, , answer] of refusals) servers.set(name, await scriptedServer(answer));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  machine.remove();
});

const against = (url: string, verb: string[]) =>
  run([...verb, '--json', '--timeout', '300ms'], { env: { ...machine.env, AIM_SERVER: url } });

/** Two at a time: half the wall time on two cores, and no more load than that. */
async function inPairs(items: readonly string[][], run: (item: string[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 2) await Promise.all(items.slice(at, at + 2).map(run));
}

describe.each(refusals)('%s', (name, code) => {
  test(`ends every verb with ${code}, and says so in one object`, async () => {
    const { url } = servers.get(name) as ScriptedServer;
    await inPairs(verbs, async (verb) => {
      const finished = await against(url, verb);
      // Status prints what it found, also where that is a refusal.
      const said = verb[0] === 'status' ? JSON.parse(finished.stdout).problem : JSON.parse(finished.stderr);
      expect({ verb, code: finished.code, said }).toEqual({
        verb,
        code,
        said: expect.objectContaining({ code: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/), message: expect.any(String) }),
      });
      if (name === '429' && verb[0] !== 'status') expect(said.retryAfter).toBe(7);
    });
  }, 180_000);
});

test('a refused connection ends every verb with 10', async () => {
  for (const verb of verbs)
    expect({ verb, code: (await against('http://127.0.0.1:9', verb)).code }).toEqual({ verb, code: 10 });
}, 180_000);

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
