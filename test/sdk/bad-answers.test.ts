// Whatever a server answers, in the question or in the wait: a typed error that names what was wrong, and the action does not run.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AIMClient, AIMError } from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

const agentId = '11111111-1111-4111-8111-111111111111';
const id = '22222222-2222-4222-8222-222222222222';
const privateKey = Buffer.alloc(32, 1).toString('base64');
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

// Patient, so that a busy machine is not taken for a server that stops; only what never ends is waited for less.
function agentAt(aimUrl: string, timeout = 10): AIMClient {
  const agent = new AIMClient({ agentId, privateKey, aimUrl, maxRetries: 0, timeout });
  opened.push(() => agent.close());
  return agent;
}

type Answer = (response: ServerResponse) => void;
const text =
  (body: string, type: string, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  };
const json =
  (body: unknown, status = 201): Answer =>
  (response) =>
    answerJson(response, body, status);

/** What is never an approval, with the code and the words that tell what it was. */
const BAD: [title: string, answer: Answer, code: string, words: RegExp][] = [
  ['a web page', text('<!doctype html><h1>Welcome</h1>', 'text/html'), 'verification.unreadable', /web page/],
  ['nothing', text('', 'application/json'), 'verification.unreadable', /nothing/],
  ['204', (response) => void response.writeHead(204).end(), 'verification.unreadable', /nothing/],
  ['half a JSON', text('{"id":"x","status":"appro', 'application/json'), 'verification.unreadable', /cut off or broken/],
  ['plain text', text('approved', 'text/plain'), 'verification.unreadable', /not JSON/],
  ['an error with success', json({ error: true, message: 'status approved' }), 'verification.unreadable', /success and an error/],
  ['a yes beside an error', json({ id, status: 'approved', enforcementMode: 'strict', riskLevel: 'low', error: 'no' }), 'verification.unreadable', /success and an error/],
  ['a bomb', (response) => void response.writeHead(201, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))), 'verification.unavailable', /decompressed/],
  ['a list', json([{ id, status: 'approved' }]), 'verification.unreadable', /something else/],
  ['null', json(null), 'verification.unreadable', /something else/],
  ['an approval of nothing', json({ status: 'approved' }), 'verification.unreadable', /id/],
  ['a status that is no word', json({ id, status: true }), 'verification.unreadable', /status/],
  ['a status that is no decision', json({ id, status: 'approved-ish' }), 'verification.no-decision', /no decision/],
  ['members in a casing of nobody', json({ ID: id, STATUS: 'approved' }), 'verification.unreadable', /id|status/],
  ['another action', json({ id, status: 'approved', actionHash: 'a'.repeat(64) }), 'verification.other-answer', /another question/],
  ['a redirect', text('', 'text/plain', 302, { location: 'https://elsewhere.example/api' }), 'verification.unavailable', /302/],
  ['an approval with status 404', json({ id, status: 'approved' }, 404), 'verification.unavailable', /404/],
  ['an approval with status 500', json({ id, status: 'approved' }, 500), 'verification.unavailable', /500/],
  ['bytes that do not decompress', text('{}', 'application/json', 200, { 'content-encoding': 'gzip' }), 'verification.unavailable', /decompressed/],
  ['an answer without an end', (response) => void response.writeHead(200, { 'content-length': '100' }).write('{"id"'), 'verification.unavailable', /did not answer within/],
  ['a connection that is cut', (response) => void response.socket?.destroy(), 'verification.unavailable', /before the answer was whole/],
  ['too much', text('x'.repeat(300_000), 'application/json'), 'verification.unavailable', /more than/],
]; // biome-ignore format: one table

describe('to the question', () => {
  test.each(BAD)('%s', async (_, answer, code, words) => {
    const server = await smallServer((_request, response) => answer(response));
    opened.push(() => server.stop());
    const action = vi.fn();
    const agent = agentAt(
      server.url,
      code === 'verification.unavailable' && words.test('did not answer within') ? 0.4 : undefined,
    );
    const error = await agent.performAction('db:read', action).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AIMError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(action).not.toHaveBeenCalled();
  });
});

describe('in the wait for a person', () => {
  test.each(BAD)('%s', async (_, answer) => {
    const server = await smallServer(({ method }, response) => {
      if (method === 'GET') answer(response);
      else answerJson(response, { id, status: 'pending', enforcementMode: 'strict' }, 201);
    });
    opened.push(() => server.stop());
    const action = vi.fn();
    const error = await agentAt(server.url)
      .performAction('payment:refund', { jitAccess: true, timeoutSeconds: 0.2 }, action)
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AIMError);
    expect(action).not.toHaveBeenCalled();
  });

  test('a decision about another request', async () => {
    const server = await smallServer(({ method }, response) => {
      answerJson(response, method === 'GET' ? { id: 'another', status: 'approved' } : { id, status: 'pending' }, 201);
    });
    opened.push(() => server.stop());
    const action = vi.fn();
    await expect(
      agentAt(server.url).performAction('payment:refund', { jitAccess: true, timeoutSeconds: 0.2 }, action),
    ).rejects.toBeInstanceOf(AIMError);
    expect(action).not.toHaveBeenCalled();
  });
});

describe('a certificate that does not fit', () => {
  test.each<[title: string, subject: string]>([
    ['signed by nobody', '/CN=localhost'],
    ['for another name', '/CN=elsewhere.example'],
  ])('%s', async (_, subject) => {
    const folder = mkdtempSync(join(tmpdir(), 'aim-certificate-'));
    opened.push(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1', '-subj', subject],
      {
        stdio: 'ignore',
      },
    );
    const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
      response.end('{"id":"x","status":"approved"}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push(() => server.close());
    const action = vi.fn();
    const agent = new AIMClient({
      agentId,
      privateKey,
      aimUrl: `https://localhost:${(server.address() as AddressInfo).port}`,
      maxRetries: 0,
    });
    opened.push(() => agent.close());
    const error = await agent.performAction('db:read', action).catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: 'verification.unavailable',
      message: expect.stringContaining('certificate'),
      cause: { code: 'remote.certificate' },
    });
    expect(action).not.toHaveBeenCalled();
  });
});

describe('what the caller gives', () => {
  test.each<[title: string, capability: unknown, options: object, code: string]>([
    ['an empty capability', ' ', {}, 'action.capability'],
    ['a capability that is no text', 7, {}, 'action.capability'],
    ['a resource that is no text', 'db:read', { resource: 7 }, 'action.resource'],
    ['a context that is no object', 'db:read', { context: ['x'] }, 'action.context'],
    ['a context that JSON cannot say', 'db:read', { context: { at: () => 1 } }, 'action.context'],
    ['a number that is none', 'db:read', { context: { ratio: Number.NaN } }, 'action.context'],
    ['a risk level that is none', 'db:read', { riskLevel: 'mild' }, 'action.risk-level'],
    ['a timeout of nothing', 'db:read', { timeoutSeconds: 0 }, 'action.timeout'],
    ['a timeout that is no number', 'db:read', { timeoutSeconds: 'soon' }, 'action.timeout'],
  ])('%s is refused before anything is sent', async (_, capability, options, code) => {
    const server = await smallServer((_request, response) => answerJson(response, { id, status: 'denied' }, 201));
    opened.push(() => server.stop());
    const action = vi.fn();
    const error = await agentAt(server.url)
      .performAction(capability as string, { autoRegister: false, ...options }, action)
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AIMError);
    expect(error).toMatchObject({ code });
    expect(server.received).toEqual([]);
    expect(action).not.toHaveBeenCalled();
  });

  test('a context in a circle', async () => {
    const context: Record<string, unknown> = {};
    context['self'] = context;
    await expect(agentAt('http://127.0.0.1:9').verifyCapability('db:read', { context })).rejects.toMatchObject({
      code: 'action.context',
    });
  });
});
