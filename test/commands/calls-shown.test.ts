// Calls that are shown, by AIM_DEBUG=api and by --curl: what could be used by whoever reads them is not in them, and curl sends the same.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { shellWord } from '../../commands/confirm.ts';
import { curlWay } from '../../commands/curl-way.ts';
import { saidAloud } from '../../commands/debug-calls.ts';
import { curlCommand } from '../../commands/intercept.ts';
import type { ConnectionOptions } from '../../src/http/connections.ts';
import type { Attempt, Transport } from '../../src/http/transport.ts';

const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl';
const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----';
const attempt = (change: Partial<Attempt>): Attempt => ({
  method: 'POST',
  url: new URL('https://aim.example/api/v1/things'),
  headers: {},
  body: '',
  timeoutMs: 1000,
  maxBytes: 1000,
  signal: undefined,
  ...change,
});

describe('AIM_DEBUG=api', () => {
  async function said(change: Partial<Attempt>, text = ''): Promise<string> {
    const lines: string[] = [];
    const inner = { send: async () => ({ status: 200, headers: {}, text }), open: async () => raise(), close() {} };
    await saidAloud(inner as unknown as Transport, (line) => void lines.push(line)).send(attempt(change));
    return lines.join('\n');
  }
  const body = (value: unknown) => ({ body: JSON.stringify(value) });
  test.each<[what: string, change: Partial<Attempt>, answer: unknown]>([
    ['Authorization', { headers: { authorization: 'Bearer geheim' } }, {}],
    ['Cookie', { headers: { Cookie: 'session=geheim' } }, {}],
    ['X-SDK-Token', { headers: { 'X-SDK-Token': 'geheim' } }, {}],
    ['the password of an address', { url: new URL('https://ana:geheim@aim.example/') }, {}],
    ['a token of a query', { url: new URL('https://aim.example/?access_token=geheim&code=geheim&limit=1') }, {}],
    ['a password', body({ user: { newPassword: 'geheim' } }), {}],
    ['a list of secrets', body({ secrets: ['geheim', { a: 'geheim' }] }), {}],
    ['a client assertion', body({ client_assertion: 'geheim' }), {}],
    ['a passphrase', body({ passphrase: 'geheim' }), {}],
    ['tokens of an answer', {}, { refreshToken: 'geheim', tokens: { access: 'geheim' } }],
    ['the key of an API', {}, { item: { apiKey: 'geheim' } }],
    ['a key in a member of any name', {}, { note: 'aim_live_geheimgeheim' }],
    ['a token in a member of any name', {}, { note: jwt }],
    ['a private key in a member of any name', {}, { note: pem }],
    ['recovery codes', {}, { recoveryCodes: ['geheim'] }],
    ['a code that is a number', body({ otp: 471_100 }), {}],
    ['a form', { body: 'password=geheim' }, {}],
  ])('does not show %s', async (_, change, answer) => {
    const shown = await said(change, JSON.stringify(answer));
    expect(shown).not.toMatch(/geheim|eyJ|MC4CAQ|471100/);
    expect(shown).toContain('aim: < 200');
  });

  test('shows what is no secret: when a token ends, whether there is one, and what it is about', async () => {
    const shown = await said(body({ hasPassword: true, name: 'billing-bot', limit: 3 }));
    expect(shown).toContain('{"hasPassword":true,"name":"billing-bot","limit":3}');
  });
});

describe('--curl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aim-curl-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  /** What a shell makes of the line: the words that curl would get. */
  function words(line: string, shell: string): string[] {
    const script = `curl() { printf '%s\\0' "$@"; }\n${line}\n`;
    const env = { PATH: process.env['PATH'] ?? '', AIM_TOKEN: 'the-token', AIM_PASSWORD: 'p"w', HOME: folder, ...variables };
    const args = shell === 'zsh' ? ['-f', '-c', script] : ['-c', script];
    return execFileSync(shell, args, { env, encoding: 'utf8' }).split('\0').slice(0, -1);
  }
  const variables = { AIM_PROXY_USER: 'from-outside', AIM_CLIENT_KEY_PASSPHRASE: 'opens', HTTP_PROXY: 'of-http' };
  const nasty = [`it's`, '"quoted"', 'a\nb', '!!', '$(id)', '`id`', '\\', '@file', '漢', '-x', '%00', '~', '*'];

  test.each(['sh', 'bash'])('is taken by %s as it was, whatever stands in it', (shell) => {
    for (const text of nasty) {
      const body = JSON.stringify({ name: text });
      const found = words(curlCommand(attempt({ body, headers: { 'content-type': 'application/json' } })), shell);
      expect(found[found.indexOf('--data-raw') + 1]).toBe(body);
      expect(found.at(-1)).toBe('https://aim.example/api/v1/things');
    }
  });

  test('holds no secret: those are variables of the shell', () => {
    const line = curlCommand(
      attempt({ headers: { authorization: 'Bearer geheim' }, body: JSON.stringify({ email: "o'b@x", password: 'geheim' }) }),
    );
    expect(line).not.toContain('geheim');
    const found = words(line, 'sh');
    expect(found).toContain('authorization: Bearer the-token');
    expect(found[found.indexOf('--data-raw') + 1]).toBe(`{"email":"o'b@x","password":"p"w"}`);
  });

  test.each<[title: string, change: Partial<Attempt>, expected: string[]]>([
    ['asks for the head as curl does', { method: 'HEAD' }, ['--head']],
    [
      'takes brackets as they are',
      { url: new URL('https://[::1]:8443/x?filter[a]=1') },
      ['--globoff', 'https://[::1]:8443/x?filter[a]=1'],
    ],
    ['sends a text that begins with @ as a text', { body: '@/etc/passwd' }, ['--data-raw', '@/etc/passwd']],
  ])('%s', (_, change, expected) => {
    expect(words(curlCommand(attempt(change)), 'sh')).toEqual(expect.arrayContaining(expected));
  });

  const https = 'https://aim.example/x';
  const shells = ['sh', 'bash', 'zsh'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);
  test.each<[title: string, url: string, way: ConnectionOptions, expected: string[]]>([
    ['nothing where nothing is set', https, {}, []],
    ['the proxy', https, { proxy: 'http://proxy:3128' }, ['--proxy', 'http://proxy:3128']],
    [
      'who signs in to the proxy, as a variable',
      https,
      { proxy: 'http://ana:geheim@proxy:3128' },
      ['--proxy', 'http://proxy:3128', '--proxy-user', 'from-outside'],
    ],
    ['no proxy to this machine', 'http://127.0.0.1:1/x', { proxy: 'http://proxy:3128' }, []],
    [
      'no proxy to this machine, whatever curl reads',
      'http://localhost/x',
      { env: { http_proxy: 'http://p:1' } },
      ['--noproxy', '*'],
    ],
    ['no proxy to an exception', https, { proxy: 'http://p:1', env: { NO_PROXY: '.example' } }, []],
    [
      'a proxy of a name that curl does not read',
      'http://aim.example/x',
      { env: { HTTP_PROXY: 'http://p:1' } },
      ['--proxy', 'of-http'],
    ],
    ['the authority', https, { caFile: "/it's/ca.pem" }, ['--cacert', "/it's/ca.pem"]],
    [
      'the certificate and its key, with what opens it as a variable',
      https,
      { clientCertificate: '/a:b.pem', clientKey: '/=k.pem', env: { AIM_CLIENT_KEY_PASSPHRASE: 'geheim' } },
      ['--cert', String.raw`/a\:b.pem`, '--key', '/=k.pem', '--pass', 'opens'],
    ],
    ['no certificates over plain HTTP', 'http://aim.example/x', { caFile: '/ca.pem', clientCertificate: '/c.pem' }, []],
  ])('goes the same way: %s', (_, address, way, expected) => {
    const url = new URL(address);
    const line = curlCommand(attempt({ method: 'GET', url }), curlWay(url, { env: {}, ...way }));
    expect(line).not.toContain('geheim');
    for (const shell of shells) expect(words(line, shell)).toEqual([...expected, url.href]);
  });

  test.each(shells)('a word of a command is taken by %s as it is', (shell) => {
    for (const text of ['=ls', '=', 'a=b', '=a b', '~', '-n', '%1', '^a', '', '[a]', ...nasty]) {
      expect(words(`curl x ${shellWord(text)}`, shell)).toEqual(['x', text]);
    }
  });
});

function raise(): never {
  throw new Error('no stream here');
}
