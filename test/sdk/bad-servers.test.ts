// Every method against servers that answer wrongly: each ends with an error that says what was wrong, and none takes it for success.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AIMClient, AIMError } from '../../src/index.ts';
import { smallServer } from '../http/small-server.ts';
import { everyCall, ID } from './every-call.ts';

let answer: (response: ServerResponse) => void = () => {};
let server: Awaited<ReturnType<typeof smallServer>>;
let credentialsFolder: string;
beforeAll(async () => {
  server = await smallServer((_, response) => answer(response));
  credentialsFolder = await mkdtemp(join(tmpdir(), 'aim-bad-'));
});
afterAll(async () => {
  await server.stop();
  await rm(credentialsFolder, { recursive: true, force: true });
});

const action = vi.fn();
// A new one for each: one that has met five bad servers in a row asks none for a while.
const newAgent = (): AIMClient => {
  const privateKey = Buffer.alloc(32, 1).toString('base64');
  return new AIMClient({ agentId: ID, privateKey, aimUrl: server.url, maxRetries: 0, timeout: 0.3, credentialsFolder });
};

const text =
  (body: string, type: string, status = 200): typeof answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

test.each<[title: string, bad: typeof answer]>([
  ['a web page', text('<!doctype html><h1>Welcome to this network</h1>', 'text/html')],
  ['half a JSON', text('{"id":"x","agents":[{"na', 'application/json')],
  ['an error with success', text('{"error":true,"message":"no"}', 'application/json')],
  ['a redirect', (response) => void response.writeHead(302, { location: 'https://elsewhere.example/' }).end()],
  ['a connection that is cut', (response) => void response.socket?.destroy()],
  ['an answer that stops', (response) => void response.writeHead(200, { 'content-length': '100' }).write('{"id"')],
  ['a failure', text('oops', 'text/plain', 500)],
])('%s', async (_, bad) => {
  answer = bad;
  const calls = everyCall({ agent: newAgent(), aimUrl: server.url, credentialsFolder, action });
  // All at once: what is waited for is waited for together.
  const outcomes = calls.map(async ([title, call]) => {
    const outcome = await call().then(
      (value) => JSON.stringify(value) ?? 'nothing',
      (error: unknown) => error,
    );
    return outcome instanceof AIMError ? [] : [`${title}: ${String(outcome)}`];
  });
  expect((await Promise.all(outcomes)).flat()).toEqual([]);
  expect(action).not.toHaveBeenCalled();
  expect(existsSync(join(credentialsFolder, 'agents')) ? await readdir(join(credentialsFolder, 'agents')) : []).toEqual([]);
});
