// Running it: health, metrics, its own description, webhooks; and requests that nobody should send.

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/control-plane/routes/table.ts';
import { isInside } from '../../src/control-plane/webhooks/address.ts';
import { serverStatus } from '../../src/wire/session.ts';
import { openWorld, until, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ allowInside: true });
});
afterAll(() => world.stop());

describe('what it says of itself', () => {
  test('status, health and readiness need no credentials', async () => {
    const status = serverStatus.parse((await world.call('GET', '/api/v1/status')).body);
    expect(status.features).toContain('events.stream');
    expect((await world.call('GET', '/healthz')).status).toBe(200);
    expect((await world.call('GET', '/readyz')).status).toBe(200);
  });

  test('metrics name routes, not ids', async () => {
    const agent = await world.agent(['db:read']);
    await agent.ask('db:read');
    // Of each instance, where there are two.
    const both = [await world.call('GET', '/metrics'), await world.call('GET', '/metrics')];
    const body = both.map((answer) => answer.body).join('');
    expect(body).toContain('aim_verifications_total{status="approved"}');
    expect(body).toContain('route="/api/v1/agents/:id/verify"');
    expect(body).not.toContain(agent.id);
  });

  test('metrics are not for those behind a proxy on this machine', async () => {
    const headers = { 'X-Forwarded-For': '203.0.113.9' };
    expect((await world.call('GET', '/metrics', undefined, headers)).status).toBe(401);
    expect((await world.admin.call('GET', '/metrics', undefined, headers)).status).toBe(200);
  });

  test('the OpenAPI document names every route, and only those', async () => {
    const { body } = await world.call('GET', '/api/v1/openapi.json');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).toSorted(),
    );
    const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the page that aim-sdk names says how to decide', async () => {
    expect((await world.call('GET', '/dashboard/admin/verifications')).body).toContain('aim approvals show ID');
  });
});

describe('webhooks', () => {
  let receiver: Server;
  let received: { headers: Record<string, unknown>; body: string }[];
  let answers: number[];
  let url: string;
  beforeAll(async () => {
    received = [];
    answers = [];
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(answers.shift() ?? 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/hook`;
  });
  afterAll(() => receiver.close());

  test('are called, signed, and again after a failure', async () => {
    answers.push(500);
    const { body: hook } = await world.admin.call('POST', '/api/v1/webhooks', {
      name: 'ours',
      url,
      events: ['approval.created'],
    });
    const agent = await world.agent();
    const { body: asked } = await agent.ask('db:drop', { context: { jit_access: true } });
    await until(async () => received.length >= 2);
    const [first, second] = received;
    expect(second?.body).toBe(first?.body);
    expect(JSON.parse(first?.body ?? '{}')).toMatchObject({ type: 'approval.created', subject: { id: asked.id } });
    const expected = createHmac('sha256', hook.secret)
      .update(`${first?.headers['x-aim-timestamp']}.${first?.body}`)
      .digest('hex');
    expect(first?.headers['x-aim-signature']).toBe(`sha256=${expected}`);
    expect(JSON.stringify((await world.admin.call('GET', '/api/v1/webhooks')).body)).not.toContain(hook.secret);
  });

  test.each([
    ...['127.0.0.1', '10.1.2.3', '169.254.169.254', '0.0.0.0', '100.64.0.1', '192.88.99.1', '255.255.255.255'],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:0:7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1'],
    ...['2002:7f00:1::', 'fd00::1', 'fe80::1', 'fe80::1%eth0', '2606:2800:220:1::1%2', 'fec0::1', 'no address'],
  ])('%s is inside', (address) => expect(isInside(address)).toBe(true));
  test.each(['93.184.216.34', '2606:2800:220:1::1'])('%s is outside', (address) => expect(isInside(address)).toBe(false));

  test.each([
    'http://127.0.0.1/x',
    'http://localhost/x',
    'http://[::1]/x',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/',
    'ftp://example.com/',
  ])('%s is refused by a server that may not call inside', async (address) => {
    const strict = await openWorld();
    const { status } = await strict.admin.call('POST', '/api/v1/webhooks', { name: 'x', url: address });
    await strict.stop();
    expect(status).toBe(400);
  });
});

describe('requests that nobody should send', () => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    world.admin.call('POST', '/api/v1/agents', body, headers);

  test.each<[string, string, number, string]>([
    ['no JSON', '{"name":', 400, 'invalidJson'],
    ['a list', '[1]', 400, 'invalidRequest'],
    ['a wrong type', '{"name":1}', 400, 'invalidRequest'],
    ['a member twice', '{"name":"a","name":"b"}', 400, 'duplicateMember'],
    ['a NUL', '{"name":"a\\u0000"}', 400, 'invalidText'],
    ['deep nesting', `{"name":"a","metadata":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`, 422, 'limitExceeded'],
    ['ten megabytes', `{"name":"${'x'.repeat(10_000_000)}"}`, 413, 'bodyTooLarge'],
  ])('%s', async (_, body, status, reasonCode) => {
    const answer = await send(body);
    expect([answer.status, answer.body.reasonCode, typeof answer.body.error]).toEqual([status, reasonCode, 'string']);
  });

  test('text that is no UTF-8', async () => {
    const answer = await fetch(`${world.url}/api/v1/agents`, {
      method: 'POST',
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      headers: { authorization: `Bearer ${world.admin.accessToken}`, 'content-type': 'application/json' },
    });
    expect([answer.status, ((await answer.json()) as { reasonCode: string }).reasonCode]).toEqual([400, 'invalidText']);
  });

  test('a member called __proto__ changes nothing but is dropped', async () => {
    const { status, body } = await send('{"name":"proto","metadata":{"__proto__":{"admin":true},"a":1}}');
    expect([status, body.metadata]).toEqual([201, { a: 1 }]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each([
    '/api/v1/agents/../admin/users',
    '/api/v1/agents/%2e%2e/users',
    '/api/v1//agents',
    '/api/v1/agents/%00',
    `/api/v1/agents/${'x'.repeat(3000)}`,
  ])('the path %s', async (path) => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${world.admin.accessToken}\r\n\r\n`,
    );
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain('"error":');
  });
});
