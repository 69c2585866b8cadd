// The way to the server when it is broken: the proxy, the certificate or the token is named, and the doctor finds each of them.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-way-'));
const at = (name: string) => join(folder, name);
let plane: TestControlPlane;
let machine: Machine;
let proxy: Server;
let mutual: Server;

beforeAll(async () => {
  plane = await startTestControlPlane();
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-subj', '/CN=localhost', '-days', '2'];
  const files = (name: string) => [
    '-keyout',
    at(`${name}.key`),
    '-out',
    at(`${name}.pem`),
    '-addext',
    'subjectAltName=DNS:localhost',
  ];
  execFileSync('openssl', [...made, '-nodes', ...files('server')], { stdio: 'ignore' });
  execFileSync('openssl', [...made, '-passout', 'pass:open sesame', ...files('ours')], { stdio: 'ignore' });
  writeFileSync(at('prose.pem'), 'no certificate');
  proxy = createHttpServer((_, response) => response.writeHead(407).end('Sign in to the proxy'));
  proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  const tls = { key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')), ca: readFileSync(at('ours.pem')) };
  mutual = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (_, response) => response.end('{}'));
  await Promise.all([proxy, mutual].map((server) => new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))));
});
afterAll(async () => {
  for (const server of [proxy, mutual]) {
    server?.closeAllConnections();
    server?.close();
  }
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  machine = freshMachine({ AIM_TOKEN: 'a-token', AIM_RETRIES: '0' });
  return () => machine.remove();
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const ask = (env: Record<string, string>, ...args: string[]) =>
  runHere(args.length === 0 ? ['api', 'GET', '/x'] : args, { env: { ...machine.env, ...env } });

describe('a proxy', () => {
  const dead = 'user:geheim@127.0.0.1:1';
  test.each<[title: string, server: string, said: () => string, code: string]>([
    ['that is away', 'http://aim.example', () => `http://${dead}`, 'remote.proxy'],
    ['that is away, and without a scheme', 'https://aim.example', () => dead, 'remote.proxy'],
    ['that asks who is there', 'http://aim.example', () => `http://localhost:${portOf(proxy)}`, 'remote.proxy-sign-in'],
    [
      'that asks who is there, of a tunnel',
      'https://aim.example',
      () => `http://localhost:${portOf(proxy)}`,
      'remote.proxy-sign-in',
    ],
  ])('%s is named, and not the server', async (_, server, said, code) => {
    const env = { AIM_SERVER: server, HTTP_PROXY: said(), HTTPS_PROXY: said() };
    const { stderr, code: exitCode } = await ask(env, 'api', 'GET', '/x', '--json');
    expect(exitCode).toBe(10);
    const error = stderr.split('\n').find((line) => line.startsWith('{')) ?? '{}';
    expect(JSON.parse(error)).toMatchObject({
      code,
      message: expect.stringMatching(/^The proxy (localhost|127\.0\.0\.1):\d+ /),
    });
    expect(stderr).not.toContain('geheim');
  });

  test('that is no address is refused before anything is sent', async () => {
    const found = await ask({ AIM_SERVER: 'http://aim.example', HTTP_PROXY: 'socks5://127.0.0.1:1' });
    expect(found).toMatchObject({ code: 2, stderr: expect.stringContaining('HTTP_PROXY') });
  });
});

describe('certificates', () => {
  const ours = () => ({
    AIM_SERVER: `https://localhost:${portOf(mutual)}`,
    AIM_CACERT: at('server.pem'),
    AIM_CLIENT_CERT: at('ours.pem'),
    AIM_CLIENT_KEY: at('ours.key'),
    AIM_CLIENT_KEY_PASSPHRASE: 'open sesame',
  });
  test.each<[title: string, change: Record<string, string>, code: number, words: string]>([
    ['of ours, whose key is locked, are used with its passphrase', {}, 0, ''],
    ['of ours, without the passphrase', { AIM_CLIENT_KEY_PASSPHRASE: '' }, 2, 'AIM_CLIENT_KEY_PASSPHRASE'],
    ['of ours, with another passphrase', { AIM_CLIENT_KEY_PASSPHRASE: 'sesame' }, 2, 'AIM_CLIENT_KEY_PASSPHRASE'],
    ['that the server asks for', { AIM_CLIENT_CERT: '', AIM_CLIENT_KEY: '' }, 10, 'asks for a certificate of ours'],
    ['that are none', { AIM_CACERT: at('prose.pem') }, 2, 'caFile'],
    ['that are not there', { AIM_CACERT: at('nowhere.pem') }, 2, 'caFile'],
    ['that nobody vouches for', { AIM_CACERT: '' }, 10, '--cacert'],
  ])('%s', async (_, change, code, words) => {
    const found = await ask({ ...ours(), ...change });
    expect(found).toMatchObject({ code, stderr: expect.stringContaining(words) });
  });
});

describe('AIM_TOKEN', () => {
  test.each<[title: string, token: string, code: number]>([
    ['with the line break of the file that it came from is sent without it', 'a-token\r\n', 4],
    ['with a line break inside is not sent', 'a\nb', 4],
    ['with letters that no header takes is not sent', 'a€b', 4],
  ])('%s', async (title, token, code) => {
    const { code: found, stderr } = await ask({ AIM_SERVER: plane.url, AIM_TOKEN: token }, 'whoami', '--json');
    const isSent = title.includes('is sent');
    expect([found, JSON.parse(stderr).code]).toEqual([code, isSent ? 'auth.refused' : 'auth.token-malformed']);
  });
});

describe('the doctor', () => {
  const findings = async (env: Record<string, string>) => {
    const { stdout, stderr } = await ask(env, 'doctor', '--json');
    expect(stderr).toBe('');
    const { items } = JSON.parse(stdout) as { items: { check: string; state: string; finding: string; fix: string | null }[] };
    return (check: string) => items.filter((item) => item.check === check).at(-1);
  };
  test.each<[fault: string, env: () => Record<string, string>, check: string, state: string, fix: string]>([
    [
      'a proxy that is away',
      () => ({ AIM_SERVER: 'https://aim.example', HTTPS_PROXY: '127.0.0.1:1' }),
      'server',
      'failed',
      'NO_PROXY',
    ],
    ['a proxy that is none', () => ({ HTTPS_PROXY: 'socks5://x:1' }), 'proxy', 'failed', 'HTTPS_PROXY'],
    ['a server that is away', () => ({ AIM_SERVER: 'http://127.0.0.1:1' }), 'server', 'failed', 'aim serve'],
    ['a token that is refused', () => ({ AIM_SERVER: plane.url }), 'sign-in', 'failed', 'AIM_TOKEN'],
    ['a token that cannot be sent', () => ({ AIM_SERVER: plane.url, AIM_TOKEN: 'a b' }), 'sign-in', 'failed', 'Set it again'],
    ['nobody signed in', () => ({ AIM_SERVER: plane.url, AIM_TOKEN: '' }), 'sign-in', 'failed', 'aim login'],
    ['no session bus', () => ({ AIM_STORE: 'keychain' }), 'keychain', 'failed', 'dbus-run-session'],
    ['a clipboard program without a screen', () => ({ PATH: at('tools') }), 'clipboard', 'warning', 'OSC 52'],
    ['no clipboard program', () => ({ PATH: '/nowhere' }), 'clipboard', 'warning', 'install wl-copy'],
    ['a folder that is none', () => ({ AIM_CONFIG_DIR: at('prose.pem') }), 'config', 'failed', 'AIM_CONFIG_DIR'],
  ])('finds %s, and says the fix', async (_, env, check, state, fix) => {
    mkdirSync(at('tools'), { recursive: true });
    writeFileSync(at('tools/xsel'), '');
    expect((await findings(env()))(check)).toMatchObject({ state, fix: expect.stringContaining(fix) });
  });

  test('finds a sign-in that others may read', async () => {
    const path = join(machine.home, '.aim', 'sdk_credentials.json');
    mkdirSync(join(machine.home, '.aim'), { mode: 0o700 });
    writeFileSync(path, '{}');
    chmodSync(path, 0o644);
    expect((await findings({}))('sign-in file')).toMatchObject({ state: 'failed', fix: expect.stringContaining('chmod 600') });
  });

  test('asks the server also where nobody is signed in', async () => {
    const found = await findings({ AIM_SERVER: plane.url, AIM_TOKEN: '' });
    expect([found('server')?.state, found('clock')?.state]).toEqual(['ok', 'ok']);
  });
});
