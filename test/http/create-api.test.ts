// The client against servers that answer well, badly, late and not at all.

import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { AIMError } from '../../src/errors.ts';
import { createApi } from '../../src/http/create-api.ts';
import { apiKeyCredentials, type CredentialSource } from '../../src/http/credential-source.ts';
import { agentId } from '../../src/wire/scalars.ts';
import { answerJson, type Received, smallServer } from './small-server.ts';

const SECRET = 'aim_live_not-to-be-seen';
const id = agentId.parse('11111111-1111-4111-8111-111111111111');
const agent = { id, name: 'reporter', agent_type: 'ai_agent', status: 'verified', trust_score: 0.9 };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function against(
  respond: (request: Received, response: ServerResponse, count: number) => void,
  options: { retries?: number; readOnly?: boolean; timeoutSeconds?: number; credentials?: CredentialSource } = {},
) {
  const server = await smallServer(respond);
  stops.push(server.stop);
  return { server, api: createApi({ server: server.url, credentials: apiKeyCredentials(SECRET), retries: 0, ...options }) };
}

const failure = (call: Promise<unknown>): Promise<AIMError> =>
  call.then(
    () => Promise.reject(new Error('did not fail')),
    (error: AIMError) => error,
  );

test.each(['..', '.'])('an id %s is refused, and becomes no other address', async (odd) => {
  const { server, api } = await against((_, response) => answerJson(response, agent));
  expect(await failure(api.agents.get(agentId.parse(odd)))).toMatchObject({ code: 'remote.address', exitCode: 2 });
  expect(server.received).toEqual([]);
});

describe('a call', () => {
  test.each<[title: string, respond: (response: ServerResponse) => void, code: string, exit: number]>([
    [
      'names a web page',
      (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>hello'),
      'remote.not-json',
      10,
    ],
    ['names an empty body', (r) => r.writeHead(200).end(), 'remote.empty-answer', 10],
    ['names a 204 where a body belongs', (r) => r.writeHead(204).end(), 'remote.empty-answer', 10],
    [
      'names half a JSON',
      (r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "1111'),
      'remote.broken-json',
      10,
    ],
    ['names plain text', (r) => r.writeHead(200).end('fine'), 'remote.not-json', 10],
    [
      'names a body that ends early',
      (r) => {
        r.writeHead(200, { 'content-length': '1000' });
        r.write('{"id"');
        setImmediate(() => r.destroy());
      },
      'remote.cut-off',
      10,
    ],
    ['names the member that does not fit', (r) => answerJson(r, { ...agent, name: 7 }), 'remote.unexpected-answer', 10],
    ['sees an error inside a success', (r) => answerJson(r, { error: true, message: 'no' }), 'remote.error-in-answer', 10],
    [
      'does not follow a redirect elsewhere',
      (r) => r.writeHead(302, { location: 'https://elsewhere.example/x' }).end(),
      'remote.redirected',
      10,
    ],
    ['maps 401', (r) => answerJson(r, { error: 'no' }, 401), 'auth.refused', 4],
    ['maps 403', (r) => answerJson(r, { error: 'Manager or admin access required' }, 403), 'policy.forbidden', 5],
    ['maps 404', (r) => answerJson(r, { error: 'not found' }, 404), 'agent.not-found', 6],
    [
      'tells a missing route from a missing agent',
      (r) => answerJson(r, { error: true, message: 'Cannot GET /api/v1/agents/x' }, 404),
      'agents.unsupported',
      10,
    ],
    [
      'maps 409 with its reason',
      (r) => answerJson(r, { error: 'moved', reasonCode: 'agentStatusTransitionRefused' }, 409),
      'policy.agent-status-transition-refused',
      7,
    ],
    ['maps 429', (r) => answerJson(r, { error: 'slow down' }, 429, { 'retry-after': '7' }), 'remote.rate-limited', 9],
    ['maps 500', (r) => answerJson(r, { error: 'oops' }, 500), 'remote.server-error', 10],
    ['maps 503 with no body', (r) => r.writeHead(503).end(), 'remote.server-error', 10],
    ['maps 400', (r) => answerJson(r, { error: 'Invalid agent ID' }, 400), 'request.invalid', 2],
  ])('%s', async (_, respond, code, exit) => {
    const { api } = await against((_request, response) => respond(response));
    const error = await failure(api.agents.get(id));
    expect([error.code, error.exitCode]).toEqual([code, exit]);
    expect(JSON.stringify(error)).not.toContain(SECRET);
  });

  test('says when nothing listens', async () => {
    const { api, server } = await against(() => {});
    await server.stop();
    expect((await failure(api.agents.get(id))).code).toBe('remote.refused');
  });

  test('ends at its time limit', async () => {
    const { api } = await against(() => {}, { timeoutSeconds: 0.05 });
    const error = await failure(api.agents.get(id));
    expect([error.code, error.exitCode]).toEqual(['remote.timeout', 11]);
  });

  test('ends at its time limit when the body does not end', async () => {
    const { api } = await against(
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
      { timeoutSeconds: 0.1 },
    );
    expect((await failure(api.agents.get(id))).code).toBe('remote.timeout');
  });

  test('stops at an answer without end', async () => {
    const { api } = await against((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      let open = true;
      response.on('close', () => {
        open = false;
      });
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        if (open) response.write(chunk, () => setImmediate(more));
      };
      more();
    });
    expect((await failure(api.agents.get(id))).code).toBe('remote.too-large');
  });

  test('rejects with the reason of its signal', async () => {
    const { api } = await against(() => {});
    const reason = new Error('enough');
    const controller = new AbortController();
    const call = api.agents.get(id, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(call).rejects.toBe(reason);
  });

  test('shows what the server said on one line, without control characters', async () => {
    const { api } = await against((_request, response) => answerJson(response, { error: 'a\u001b[2Jb\u202ec\nd' }, 400));
    expect((await failure(api.agents.get(id))).message).toMatch(/: a␛\[2Jb⟨U\+202E⟩c⏎d$/);
  });
});

describe('repeating', () => {
  test.each<[title: string, call: (api: ReturnType<typeof createApi>) => Promise<unknown>, requests: number]>([
    ['asks again when a read meets 503', (api) => api.agents.get(id), 3],
    ['sends a write with a key again', (api) => api.agents.suspend(id), 3],
    ['sends a write without a key once', (api) => api.agents.create({ name: 'x' }), 1],
  ])('%s', async (_, call, requests) => {
    const { api, server } = await against((_request, response) => answerJson(response, {}, 503, { 'retry-after': '0' }), {
      retries: 2,
    });
    await failure(call(api));
    expect(server.received).toHaveLength(requests);
  });

  test('uses one key for all attempts of a write', async () => {
    const { api, server } = await against(
      (_request, response, count) => (count === 1 ? answerJson(response, {}, 502) : answerJson(response, agent)),
      { retries: 2 },
    );
    await api.agents.suspend(id);
    const keys = server.received.map((request) => request.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('renews the sign-in once after a 401', async () => {
    let token = 'old';
    const credentials: CredentialSource = {
      headersFor: () => ({ authorization: `Bearer ${token}` }),
      renew: async () => {
        token = 'new';
        return true;
      },
    };
    const { api, server } = await against(
      (request, response) =>
        request.headers.authorization === 'Bearer new'
          ? answerJson(response, agent)
          : answerJson(response, { error: 'expired' }, 401),
      { credentials },
    );
    await expect(api.agents.get(id)).resolves.toMatchObject({ name: 'reporter' });
    expect(server.received).toHaveLength(2);
  });
});

describe('read-only', () => {
  test('sends no write', async () => {
    const { api, server } = await against((_request, response) => answerJson(response, agent), { readOnly: true });
    expect((await failure(api.agents.suspend(id))).code).toBe('policy.read-only');
    await api.agents.get(id);
    expect(server.received.map((request) => request.method)).toEqual(['GET']);
  });
});

describe('servers of other generations', () => {
  test('pages an unpaged list locally', async () => {
    const agents = Array.from({ length: 5 }, (_, index) => ({ ...agent, id: `a${index}` }));
    const { api } = await against((_request, response) => answerJson(response, { agents, total: 5 }));
    const first = await api.agents.list({ limit: 2 });
    const second = await api.agents.list({ limit: 2, cursor: first.nextCursor ?? '' });
    const third = await api.agents.list({ limit: 2, cursor: second.nextCursor ?? '' });
    expect([first, second, third].map((page) => page.items.map((one) => one.id))).toEqual([['a0', 'a1'], ['a2', 'a3'], ['a4']]);
    expect([first.total, third.nextCursor]).toEqual([5, null]);
  });

  test('reads a null list as an empty one', async () => {
    const { api } = await against((_request, response) => answerJson(response, { agents: null, total: 0 }));
    await expect(api.agents.list()).resolves.toEqual({ items: [], nextCursor: null, total: 0 });
  });

  test('reads the queue as a bare array, oldest first, only what waits', async () => {
    const rows = ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'].map((requested_at, index) => ({
      id: `v${index}`,
      agent_id: id,
      action_type: 'db:read',
      status: 'pending',
      requested_at,
    }));
    const { api } = await against((_request, response) =>
      answerJson(response, [...rows, { ...rows[0], id: 'v2', status: 'approved' }]),
    );
    const page = await api.approvals.list();
    expect(page.items.map((one) => [one.id, one.capability])).toEqual([
      ['v1', 'db:read'],
      ['v0', 'db:read'],
    ]);
  });

  test('says that a server has no approvals', async () => {
    const { api } = await against((_request, response) =>
      answerJson(response, { error: true, message: 'Cannot GET /api/v1/admin/verifications/pending' }, 404),
    );
    expect((await failure(api.approvals.list())).code).toBe('approvals.unsupported');
  });

  test('takes a status route of another shape for a server without features', async () => {
    const { api } = await against((_request, response) =>
      answerJson(response, { status: 'operational', version: '1.0.0', features: { oauth: false } }),
    );
    await expect(api.status()).resolves.toBeNull();
    await expect(api.has('events.stream')).resolves.toBe(false);
  });

  test('finds an agent by name, by the beginning of its id, and names the nearest', async () => {
    const agents = [agent, { ...agent, id: '22222222-2222-4222-8222-222222222222', name: 'writer' }];
    const { api } = await against((_request, response) => answerJson(response, { agents, total: 2 }));
    await expect(api.agents.find('writer')).resolves.toMatchObject({ name: 'writer' });
    await expect(api.agents.find('1111')).resolves.toMatchObject({ name: 'reporter' });
    await expect(api.agents.find('222222')).resolves.toMatchObject({ name: 'writer' });
    expect((await failure(api.agents.find('writr'))).next).toBe('Did you mean writer?');
  });

  test('an agent that is called as the id of another ends is not taken for it', async () => {
    const agents = [agent, { ...agent, id: '22222222-2222-4222-8222-222222222222', name: agent.id.slice(-8) }];
    const { api } = await against((_request, response) => answerJson(response, { agents, total: 2 }));
    const { code, exitCode, message } = await failure(api.agents.find(agent.id.slice(-8)));
    expect({ code, exitCode }).toEqual({ code: 'agent.ambiguous', exitCode: 6 });
    for (const { id } of agents) expect(message).toContain(id);
  });
});
