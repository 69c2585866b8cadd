// The way to a server whose certificate only we trust: the sign-in, its renewal and its end go the way of every other call.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';

let plane: TestControlPlane;
let machine: Machine;
let server: Server;
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'aim-tls-'));
const certificate = join(folder, 'certificate.pem');
const key = join(folder, 'key.pem');

beforeAll(async () => {
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'];
  const files = ['-keyout', key, '-out', certificate, '-days', '2', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', ...made, ...files], { stdio: 'ignore' });
  machine = freshMachine();
  plane = await startTestControlPlane();
  server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (incoming, response) => {
    const { url: path = '/', method, headers } = incoming;
    const onwards = send(`${plane.url}${path}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await plane?.stop();
  machine?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const aim = (argv: readonly string[], { input, ...env }: { input?: string; AIM_DEBUG?: string } = {}) =>
  runHere(argv, { env: { ...machine.env, ...env }, ...(input === undefined ? {} : { input }) });
const login = () => ['login', '--server', url, '--email', plane.admin.email, '--password-stdin', '--store', 'file'];

test('a sign-in to a server that nobody vouches for sends no password', async () => {
  const { code, stderr } = await aim(login(), { input: plane.admin.password });
  expect({ code, stderr }).toEqual({ code: 10, stderr: expect.stringContaining('not trusted') });
});

test('a sign-in, its renewal and its end trust the authority that the settings name', async () => {
  const trusting = ['--cacert', certificate];
  const signedIn = await aim([...login(), ...trusting], { input: plane.admin.password, AIM_DEBUG: 'oauth' });
  expect(signedIn).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed in to https://localhost') });
  // AIM_DEBUG=oauth says how, and no secret of it.
  expect(signedIn.stderr).toContain(`aim: > POST ${url}/api/v1/auth/login/local`);
  expect(signedIn.stderr).not.toMatch(/correct horse|ey[A-Za-z0-9_-]{20}/);
  forgetAccessToken();
  const renewed = await aim(['whoami', '--json=email', ...trusting], { AIM_DEBUG: 'oauth' });
  expect(renewed).toMatchObject({ code: 0, stdout: `${JSON.stringify({ email: plane.admin.email })}\n` });
  expect(renewed.stderr).toContain(`aim: > POST ${url}/api/v1/auth/refresh`);
  expect(renewed.stderr).not.toContain('/users/me');
  expect(await aim(['logout', ...trusting])).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed out') });
});

/** As an hour later. */
function forgetAccessToken(): void {
  const path = join(machine.home, '.aim', 'sdk_credentials.json');
  const { accessToken: _, access_token: __, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(rest), { mode: 0o600 });
}
