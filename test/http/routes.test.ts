// The way to a server: through a proxy where one is named, with the certificates that are trusted, and not elsewhere.

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionOptions } from '../../src/http/connections.ts';
import { isExcepted } from '../../src/http/no-proxy.ts';
import { nodeTransport } from '../../src/http/node-transport.ts';
import { smallServer } from './small-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

let folder: string;
const at = (name: string): string => join(folder, name);
const openssl = (...given: string[]) => execFileSync('openssl', given, { stdio: 'ignore', cwd: folder });
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aim-routes-'));
  const ca = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl(...ca, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test Authority');
  for (const name of ['localhost', 'aim.test', 'client']) {
    writeFileSync(at(`${name}.ext`), `subjectAltName=DNS:${name}\n`);
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`);
  } // biome-ignore format: two commands
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.close();
    if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

function get(url: string, options: ConnectionOptions = { env: {} }) {
  const transport = nodeTransport(new URL(url).origin, options);
  cleanups.push(() => transport.close());
  return transport.send({
    method: 'GET',
    url: new URL(url),
    headers: { accept: '*/*' },
    body: '',
    timeoutMs: 5_000,
    maxBytes: 10_000,
  });
}

/** A proxy that sends whatever it is asked for to one port here, and notes what that was. */
async function proxyTo(port: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('by proxy');
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const behind = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      behind.pipe(socket).pipe(behind);
    });
    for (const end of [behind, socket]) end.on('error', () => {});
    cleanups.push(() => behind.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked };
}

const tlsServer = async (name: string, more: https.ServerOptions = {}): Promise<number> =>
  listen(
    https.createServer(
      { key: readFileSync(at(`${name}.key`)), cert: readFileSync(at(`${name}.pem`)), ...more },
      (request, response) =>
        response.end(`hello ${(request.socket as TLSSocket).getPeerCertificate()?.subject?.CN ?? 'stranger'}`),
    ),
  );

describe('a proxy', () => {
  test('carries plain requests with their whole address', async () => {
    const { url, asked } = await proxyTo(0);
    await expect(get('http://aim.test/path?q=1', { env: { HTTP_PROXY: url } })).resolves.toMatchObject({ text: 'by proxy' });
    expect(asked).toEqual(['GET http://aim.test/path?q=1']);
  });

  test('carries TLS unread, and the server’s own certificate counts', async () => {
    const { url, asked } = await proxyTo(await tlsServer('aim.test'));
    const trusting = { env: { https_proxy: url }, caFile: at('ca.pem') };
    await expect(get('https://aim.test/path', trusting)).resolves.toMatchObject({ status: 200, text: 'hello stranger' });
    expect(asked).toEqual(['CONNECT aim.test:443']);
    await expect(get('https://other.test/path', trusting)).rejects.toMatchObject({ code: 'remote.certificate' });
  });

  test('that is given beats the environment’s', async () => {
    const { url, asked } = await proxyTo(0);
    await get('http://aim.test/', { proxy: url, env: { HTTP_PROXY: 'http://127.0.0.1:9' } });
    expect(asked).toHaveLength(1);
  });

  test.each<[title: string, env: (proxy: string) => Record<string, string>]>([
    ['this machine is never reached through it', (proxy) => ({ HTTP_PROXY: proxy, http_proxy: proxy })],
    ['one for TLS is none for plain requests', (proxy) => ({ HTTPS_PROXY: proxy })],
  ])('%s', async (_, env) => {
    const server = await smallServer((_request, response) => response.end('directly'));
    cleanups.push(() => server.stop());
    const { url, asked } = await proxyTo(0);
    await expect(get(`${server.url}/`, { env: env(url) })).resolves.toMatchObject({ text: 'directly' });
    expect(asked).toEqual([]);
  });

  test('is passed by for the hosts that NO_PROXY names', async () => {
    const { url, asked } = await proxyTo(0);
    await expect(get('http://aim.invalid/', { env: { HTTP_PROXY: url, NO_PROXY: 'aim.invalid' } })).rejects.toMatchObject({
      code: 'remote.unknown-host',
    });
    expect(asked).toEqual([]);
  });

  test.each<[list: string, server: string, expected: boolean]>([
    ['aim.test', 'https://aim.test', true],
    ['aim.test', 'https://eu.aim.test', true],
    ['.aim.test', 'https://eu.aim.test', true],
    ['*.aim.test', 'https://eu.aim.test', true],
    ['aim.test', 'https://notaim.test', false],
    ['aim.test', 'https://aim.test.example', false],
    ['a.test, AIM.test', 'https://aim.test', true],
    ['aim.test:8443', 'https://aim.test:8443', true],
    ['aim.test:8443', 'https://aim.test', false],
    ['aim.test:443', 'https://aim.test', true],
    ['*', 'https://aim.test', true],
    ['', 'https://aim.test', false],
    ['10.0.0.0/8', 'http://10.1.2.3:8080', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.0.0.0/99', 'http://10.1.2.3', false],
    ['192.168.1.7', 'http://192.168.1.7', true],
    ['fd00::/8', 'http://[fd12::1]:8080', true],
    ['[fd12::1]:8080', 'http://[fd12::1]:8080', true],
    ['10.0.0.0/8', 'http://aim.test', false],
  ])('NO_PROXY=%s, %s: %s', (list, server, expected) => {
    expect(isExcepted(new URL(server), list)).toBe(expected);
  });

  test('that is away is said to be', async () => {
    await expect(get('http://aim.test/', { env: { HTTP_PROXY: 'http://127.0.0.1:9' } })).rejects.toMatchObject({
      kind: 'remote',
    });
  });
});

describe('a certificate', () => {
  test.each<[title: string, options: () => ConnectionOptions]>([
    ['of an authority that is named', () => ({ caFile: at('ca.pem'), env: {} })],
    ['of one that the environment names', () => ({ env: { SSL_CERT_FILE: at('ca.pem') } })],
  ])('%s is trusted', async (_, options) => {
    const port = await tlsServer('localhost');
    await expect(get(`https://localhost:${port}/`, options())).resolves.toMatchObject({ status: 200 });
  });

  test('of the authority that NODE_EXTRA_CA_CERTS names is trusted beside one of a file', async () => {
    const port = await tlsServer('localhost');
    openssl('req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2', '-keyout', 'other.key', '-out', 'other.pem', '-subj', '/CN=Other');
    const program = `
      const { nodeTransport } = await import(${JSON.stringify(new URL('../../src/http/node-transport.ts', import.meta.url).href)});
      const url = new URL('https://localhost:${port}/');
      const answer = await nodeTransport(url.origin).send({ method: 'GET', url, headers: {}, body: '', timeoutMs: 5000, maxBytes: 1000 });
      console.log(answer.status);
      process.exit(0);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: at('ca.pem'), SSL_CERT_FILE: at('other.pem') },
    });
    expect(stdout).toBe('200\n');
  }); // biome-ignore format: the program is read as one

  test.each<[title: string, name: string, options: () => ConnectionOptions]>([
    ['of nobody', 'localhost', () => ({ env: {} })],
    ['for another name', 'aim.test', () => ({ caFile: at('ca.pem'), env: {} })],
  ])('%s is not', async (_, name, options) => {
    const port = await tlsServer(name);
    await expect(get(`https://localhost:${port}/`, options())).rejects.toMatchObject({ code: 'remote.certificate' });
  });

  test('of our own is shown to a server that wants one', async () => {
    const port = await tlsServer('localhost', { requestCert: true, rejectUnauthorized: true, ca: readFileSync(at('ca.pem')) });
    const options = { caFile: at('ca.pem'), clientCertificate: at('client.pem'), clientKey: at('client.key'), env: {} };
    await expect(get(`https://localhost:${port}/`, options)).resolves.toMatchObject({ text: 'hello client' });
    await expect(get(`https://localhost:${port}/`, { caFile: at('ca.pem'), env: {} })).rejects.toMatchObject({
      kind: 'remote',
    });
  });

  test('file that is not there is named before anything is sent', () => {
    expect(() => nodeTransport('https://aim.test', { caFile: at('missing.pem'), env: {} })).toThrow(/caFile/);
  });

  test('a plain server behind https:// is told apart', async () => {
    const server = await smallServer((_request, response) => response.end());
    cleanups.push(() => server.stop());
    await expect(get(server.url.replace('http:', 'https:'))).rejects.toMatchObject({ code: 'remote.tls' });
  });
});
