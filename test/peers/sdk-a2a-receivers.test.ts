// The A2A receiver in front of real servers: node:http, Express 4 and 5, Fastify, Hono. Signed requests come through once, others never.

import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { a2aExpress, a2aFastify, a2aHono, a2aNode, createA2AReceiver, signA2ARequest } from '../../src/index.ts';
import { npmPeers } from './npm-peers.ts';

const load = npmPeers('web-frameworks', [
  'express@5.3.0',
  'express4@npm:express@4.22.1',
  'hono@4.13.19',
  '@hono/node-server@1.19.7',
]);
const key = generateSigningKey();
const caller = { agentId: 'agent-1', publicKey: key.publicKey, sign: (message: Uint8Array) => key.sign(message) };
const receiver = () => createA2AReceiver({ keyFor: (id) => (id === caller.agentId ? key.publicKey : null) });

type Handled = (agentId: string, body: string) => void;
type Started = { url: string; stop(): Promise<void> };

function listening(server: http.Server): Promise<Started> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            server.closeAllConnections();
          }),
      }),
    );
  });
}

async function express(name: string, handled: Handled): Promise<Started> {
  const { default: make } = await load(name);
  const app = make();
  app.use(make.raw({ type: () => true }), a2aExpress(receiver()));
  // biome-ignore lint/suspicious/noExplicitAny: the framework is not installed beside this test
  app.post('/tasks/send', (request: any, response: any) => {
    handled(request.a2aPeer.agentId, request.body.toString());
    response.json({ ok: true });
  });
  return listening(http.createServer(app));
}

const servers: Record<string, (handled: Handled) => Promise<Started>> = {
  'node:http': (handled) =>
    listening(
      http.createServer(
        a2aNode(receiver(), (_request, response, peer, body) => {
          handled(peer.agentId, body.toString());
          response.end('{}');
        }),
      ),
    ),
  'Express 5': (handled) => express('express', handled),
  'Express 4': (handled) => express('express4', handled),
  async Fastify(handled) {
    const app = Fastify();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.addHook('preHandler', a2aFastify(receiver()));
    app.post('/tasks/send', async (request) => {
      handled((request as unknown as { a2aPeer: { agentId: string } }).a2aPeer.agentId, String(request.body));
      return {};
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { url, stop: () => app.close() };
  },
  async Hono(handled) {
    const { Hono } = await load('hono');
    const { createAdaptorServer } = await load('@hono/node-server');
    const app = new Hono();
    app.use(a2aHono(receiver()));
    // biome-ignore lint/suspicious/noExplicitAny: the framework is not installed beside this test
    app.post('/tasks/send', async (context: any) => {
      handled(context.get('a2aPeer').agentId, await context.req.text());
      return context.json({});
    });
    return listening(createAdaptorServer({ fetch: app.fetch }));
  },
};

describe.each(Object.keys(servers))('%s', (name) => {
  const handled = vi.fn<Handled>();
  let server: Started;
  beforeAll(async () => {
    server = await (servers[name] as (typeof servers)[string])(handled);
  });
  afterAll(() => server.stop());

  const path = '/tasks/send?stage=1&q=%C3%BC';
  const body = '{"b": 1, "a": "ü"}';
  const send = (headers: Record<string, string>, changed: { path?: string; body?: string } = {}) =>
    fetch(server.url + (changed.path ?? path), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: changed.body ?? body,
    });

  test('takes a signed request, with the bytes as they were sent, and takes it once', async () => {
    const { headers } = signA2ARequest(caller, { method: 'POST', path, body });
    expect((await send(headers)).status).toBe(200);
    expect(handled).toHaveBeenCalledExactlyOnceWith('agent-1', body);
    expect((await send(headers)).status).toBe(409);
    expect(handled).toHaveBeenCalledOnce();
  });

  test.each<
    [title: string, change: (headers: Record<string, string>) => Record<string, string>, sent: { path?: string; body?: string }]
  >([
    ['without a signature', () => ({}), {}],
    ['whose body was changed', (headers) => headers, { body: '{"b":1,"a":"ü"}' }],
    ['whose query was changed', (headers) => headers, { path: '/tasks/send?stage=2&q=%C3%BC' }],
    ['of an agent that is not known', (headers) => ({ ...headers, 'X-A2A-Agent-ID': 'agent-2' }), {}],
    ['with another nonce', (headers) => ({ ...headers, 'X-A2A-Nonce': '0'.repeat(32) }), {}],
    ['from long ago', (headers) => ({ ...headers, 'X-A2A-Timestamp': '1700000000' }), {}],
  ])('refuses one %s', async (_, change, sent) => {
    handled.mockClear();
    const { headers } = signA2ARequest(caller, { method: 'POST', path, body });
    expect((await send(change({ ...headers }), sent)).status).toBe(401);
    expect(handled).not.toHaveBeenCalled();
  });
});
