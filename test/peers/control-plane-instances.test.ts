// Two instances on one real PostgreSQL behind a balancer that takes turns: what one has seen, the other knows.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signA2ARequest } from '../../src/a2a/request-signature.ts';
import { backUp } from '../../src/control-plane/operation/backup.ts';
import { restore } from '../../src/control-plane/operation/restore.ts';
import { type ControlPlane, startControlPlane } from '../../src/control-plane/start.ts';
import { agentRequestHeaders } from '../../src/crypto/agent-request.ts';
import {
  asAgent,
  caller,
  codeByForm,
  openWorld,
  type Person,
  signIn,
  until,
  type World,
} from '../control-plane/support/world.ts';
import { type Postgres, startPostgres } from './support-postgres.ts';

let postgres: Postgres;
let world: World;
let second: ControlPlane;
let balancer: Server;
let url: string;
let person: Person;
let database: string;
const folder = mkdtempSync(join(tmpdir(), 'aim-instances-'));
const admin = { adminEmail: 'a@example.test', adminPassword: 'correct horse battery staple' };

beforeAll(async () => {
  postgres = await startPostgres();
  database = await newDatabase('shared');
  // Both start at once on an empty database: one migrates, the other waits.
  const options = { database, ...admin, allowInside: true };
  [world, second] = await Promise.all([openWorld(options), startControlPlane(options)]);
  let turn = 0;
  balancer = createServer((incoming, outgoing) => {
    turn += 1;
    const target = new URL(incoming.url ?? '/', turn % 2 === 0 ? world.url : second.url);
    const onward = httpRequest(target, { method: incoming.method, headers: incoming.headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  url = `http://127.0.0.1:${(balancer.address() as { port: number }).port}`;
  person = await signIn(url, admin.adminEmail, admin.adminPassword);
});
afterAll(async () => {
  balancer.closeAllConnections();
  balancer.close();
  await second.stop();
  await world.stop();
  postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function newDatabase(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return postgres.url.replace(/\/postgres$/, `/${name}`);
}

test('an agent acts, waits and is decided on through the balancer', async () => {
  const known = await world.agent(['db:read']);
  const agent = asAgent(url, known.id, known.name, known.key);
  for (let index = 0; index < 10; index += 1)
    expect((await agent.ask('db:read', { context: { index } })).body.status).toBe('approved');
  for (let index = 0; index < 4; index += 1) {
    const { body } = await agent.ask('db:drop', { context: { jit_access: true, index } });
    const waiting = caller(url, {})('GET', `/api/v1/sdk-api/verifications/${body.id}?wait=20`);
    await person.call('POST', `/api/v1/admin/verifications/${body.id}/approve`, {});
    expect((await waiting).body.status).toBe('approved');
  }
});

test('a nonce is good once, over both', async () => {
  const agent = await world.agent();
  const signer = { agentId: agent.id, publicKey: agent.key.publicKey, sign: agent.key.sign };
  for (let round = 0; round < 5; round += 1) {
    const { agentId, timestamp, nonce, signature, requestHash } = signA2ARequest(signer, { method: 'GET', path: `/${round}` });
    const verify = () => caller(url, {})('POST', '/api/v1/a2a/verify', { agentId, timestamp, nonce, signature, requestHash });
    const answers = await Promise.all([verify(), verify(), verify(), verify()]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  }
});

test('a signed request that comes back later is a replay at the other one too', async () => {
  const agent = await world.agent();
  const body = JSON.stringify({ name: 'x', description: 'x', agentId: agent.id });
  const path = '/api/v1/a2a/skills';
  const headers = agentRequestHeaders({ agentId: agent.id, key: agent.key }, 'POST', path, Math.floor(Date.now() / 1000), body);
  expect((await caller(world.url, {})('POST', path, body, headers)).status).toBe(201);
  // Signatures have whole seconds: what comes within three is the same call.
  const refused = await until(async () => {
    const answer = await caller(second.url, {})('POST', path, body, headers);
    return answer.status === 401 && answer.body.reasonCode;
  });
  expect(refused).toBe('signatureReplayed');
});

test('wrong passwords are counted together', async () => {
  const attempts = [];
  for (let index = 0; index < 12; index += 1)
    attempts.push(
      (await caller(url, {})('POST', '/api/v1/auth/login/local', { email: admin.adminEmail, password: 'wrong' })).status,
    );
  expect(attempts.filter((status) => status === 401)).toHaveLength(10);
  expect(attempts.at(-1)).toBe(429);
});

test('a family of refresh tokens is one: a token goes on at the other, an old one ends it everywhere', async () => {
  const refresh = async (at: string, refreshToken: string) => caller(at, {})('POST', '/api/v1/auth/refresh', { refreshToken });
  const tokens = [person.refreshToken];
  for (let index = 0; index < 4; index += 1) {
    const answer = await refresh(index % 2 === 0 ? world.url : second.url, tokens.at(-1) ?? '');
    tokens.push(answer.body.refreshToken);
  }
  // Both present the same at once: one successor.
  const twins = await Promise.all([refresh(world.url, tokens.at(-1) ?? ''), refresh(second.url, tokens.at(-1) ?? '')]);
  expect(twins[0]?.body.refreshToken).toBe(twins[1]?.body.refreshToken);
  expect((await refresh(second.url, tokens[1] ?? '')).status).toBe(401);
  expect((await refresh(world.url, twins[0]?.body.refreshToken)).status).toBe(401);
  expect((await caller(second.url, { authorization: `Bearer ${person.accessToken}` })('GET', '/api/v1/auth/me')).status).toBe(
    401,
  );
  // The first administrator’s wrong passwords are still counted.
  const { email, password } = await world.person('admin');
  person = await signIn(url, email, password);
});

test('a page that one showed may be sent to the other', async () => {
  const other = await world.person('member');
  for (let index = 0; index < 2; index += 1) {
    const { status, location } = await codeByForm(url, other, {
      redirectUri: 'http://localhost:49152/callback',
      state: 'some state or other',
      challenge: 'a'.repeat(43),
    });
    expect([status, location]).toEqual([302, expect.stringContaining('code=')]);
  }
});

test('what is sent twice with one key happens once', async () => {
  const agent = await world.agent();
  const { body } = await agent.ask('db:drop', { context: { jit_access: true } });
  const approve = (at: string) =>
    caller(at, { authorization: `Bearer ${person.accessToken}` })(
      'POST',
      `/api/v1/admin/verifications/${body.id}/approve`,
      {},
      { 'idempotency-key': 'once' },
    );
  const answers = await Promise.all([approve(world.url), approve(second.url), approve(world.url), approve(second.url)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('each event is delivered to a webhook once, and what one owes when it dies the other delivers', async () => {
  const received: string[] = [];
  let isAway = false;
  const receiver = createServer((incoming, outgoing) => {
    let text = '';
    incoming.on('data', (chunk) => {
      text += chunk;
    });
    incoming.on('end', () => {
      if (!isAway) received.push(JSON.parse(text).subject.id);
      outgoing.writeHead(isAway ? 503 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const hook = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/`;
  await person.call('POST', '/api/v1/webhooks', { name: 'once', url: hook, events: ['approval.created'] });
  const known = await world.agent();
  const agent = asAgent(url, known.id, known.name, known.key);
  const asked: string[] = [];
  const ask = async (count: number): Promise<void> => {
    const answers = await Promise.all(
      Array.from({ length: count }, (_, n) => agent.ask('db:drop', { context: { jit_access: true, n: asked.length + n } })),
    );
    asked.push(...answers.map(({ body }) => body.id));
  };
  await ask(10);
  await until(async () => received.length >= 10);
  isAway = true;
  const third = await startControlPlane({ database, ...admin, allowInside: true });
  await ask(4);
  await third.stop();
  isAway = false;
  await until(async () => received.length >= 14, 30_000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(received.toSorted()).toEqual(asked.toSorted());
  receiver.close();
});

describe('a backup of PostgreSQL', () => {
  test('is taken while both work, and becomes SQLite or another PostgreSQL, whole', async () => {
    const agent = await world.agent(['db:read']);
    let writing = true;
    const load = (async () => {
      for (let index = 0; writing; index += 1)
        await asAgent(url, agent.id, agent.name, agent.key).ask('db:read', { context: { index } });
    })();
    const file = join(folder, 'backup.db');
    const { contents } = await backUp(database, file);
    writing = false;
    await load;
    expect((await restore(file, join(folder, 'sqlite'))).contents).toEqual(contents);
    const empty = await newDatabase('restored');
    expect((await restore(file, empty)).contents).toEqual(contents);
    for (const options of [{ data: join(folder, 'sqlite') }, { database: empty }]) {
      const plane = await startControlPlane(options);
      const again = await signIn(plane.url, person.email, person.password);
      expect((await again.call('GET', `/api/v1/agents/${agent.id}`)).body.name).toBe(agent.name);
      expect((await asAgent(plane.url, agent.id, agent.name, agent.key).ask('db:read')).body.status).toBe('approved');
      expect((await again.call('GET', '/api/v1/admin/audit-logs/verify')).body.valid).toBe(true);
      await plane.stop();
    }
  });

  test('does not go into a database that is in use, or that holds something, unasked', async () => {
    const file = join(folder, 'backup.db');
    await expect(restore(file, database)).rejects.toMatchObject({ code: 'restore.in-use' });
    const held = postgres.url.replace(/\/postgres$/, '/restored');
    await expect(restore(file, held)).rejects.toMatchObject({ code: 'restore.not-empty' });
    const { setAside } = await restore(file, held, { replace: true });
    expect(setAside).toContain('backup.db.before-');
  });
});

test('the chain is whole after all that', async () => {
  expect((await person.call('GET', '/api/v1/admin/audit-logs/verify')).body).toMatchObject({ valid: true });
});
