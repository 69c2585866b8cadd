// A machine whose clock is off is believed all the same: whatever an agent signs is signed once more, with the server's time.

import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AIMClient } from '../../src/index.ts';
import { answerJson, type Received, smallServer } from '../http/small-server.ts';

const HOUR = 3_600_000;
const WINDOW = 30_000;
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

type Answer = (request: Received, response: ServerResponse, headers: Record<string, string>) => void;

/** A server whose clock is another one's, and that takes only what was signed within half a minute. */
async function serverAhead(by: number, answer: Answer, isChecked: (request: Received) => boolean = () => true) {
  const refused: string[] = [];
  const server = await smallServer((request, response) => {
    const now = Date.now() + by;
    const { method, url, headers, body } = request;
    const signed = headers['x-timestamp'] ?? headers['x-aim-timestamp'];
    const at = signed === undefined ? Date.parse(JSON.parse(body).timestamp) : Number(signed) * 1000;
    const date = { date: new Date(now).toUTCString() };
    if (Math.abs(at - now) < WINDOW || !isChecked(request)) return answer(request, response, date);
    refused.push(`${method} ${url}`);
    answerJson(response, { error: 'Request timestamp expired or invalid' }, 401, date);
  });
  const agent = new AIMClient({ agentId: 'a1', privateKey: Buffer.alloc(32, 1).toString('base64'), aimUrl: server.url });
  opened.push(
    () => agent.close(),
    () => server.stop(),
  );
  return { agent, refused, server };
}

const approved: Answer = (_, response, date) =>
  answerJson(response, { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' }, 201, date);

describe.each([
  ['ahead', HOUR],
  ['behind', -HOUR],
])('a server an hour %s', (_, by) => {
  test('answers an action', async () => {
    const { agent, refused } = await serverAhead(by, approved);
    await expect(agent.verifyCapability('db:read')).resolves.toMatchObject({ verified: true });
    await agent.verifyCapability('db:read');
    expect(refused).toHaveLength(1);
  });

  test('answers a hundred that are asked at once', async () => {
    const { agent } = await serverAhead(by, approved);
    await expect(Promise.all(Array.from({ length: 100 }, () => agent.verifyCapability('db:read')))).resolves.toHaveLength(100);
  });

  test('answers what is asked of its management', async () => {
    const { agent } = await serverAhead(by, (_request, response, date) =>
      answerJson(response, { agents: [], total: 0 }, 200, date),
    );
    const lists = await Promise.all(Array.from({ length: 20 }, () => agent.listAgents()));
    expect(lists.map(({ agents }) => agents)).toEqual(Array(20).fill([]));
  });

  test('hears of what ran, although it took the question at any time', async () => {
    const { agent, server } = await serverAhead(by, approved, ({ headers }) => 'x-timestamp' in headers);
    await agent.performAction('db:read', { autoRegister: false }, () => 1);
    await vi.waitFor(() => expect(server.received.filter(({ url }) => url.endsWith('/execution-status'))).toHaveLength(2));
  });

  test('tells what a person decided', async () => {
    const { agent, refused } = await serverAhead(
      by,
      ({ method }, response, date) =>
        answerJson(response, { id: 'v1', status: method === 'GET' ? 'approved' : 'pending', riskLevel: 'high' }, 201, date),
      ({ method }) => method === 'GET',
    );
    await expect(agent.verifyCapability('payment:refund', { jitAccess: true })).resolves.toMatchObject({ verified: true });
    expect(refused).toHaveLength(1);
  });
});

test('two agents of one process with servers of two times each sign with the time of their own', async () => {
  const [ahead, exact] = [await serverAhead(HOUR, approved), await serverAhead(0, approved)];
  await ahead.agent.verifyCapability('db:read');
  await exact.agent.verifyCapability('db:read');
  await ahead.agent.verifyCapability('db:read');
  expect([ahead.refused.length, exact.refused.length]).toEqual([1, 0]);
});

test('a refusal that is not about the time is not asked for again', async () => {
  const server = await smallServer((_, response) => answerJson(response, { error: 'Agent not found' }, 401));
  opened.push(() => server.stop());
  const agent = new AIMClient({ agentId: 'a1', privateKey: Buffer.alloc(32, 1).toString('base64'), aimUrl: server.url });
  opened.push(() => agent.close());
  await expect(agent.verifyCapability('db:read')).rejects.toMatchObject({ code: 'agent.not-recognized' });
  await expect(agent.listAgents()).rejects.toMatchObject({ code: 'auth.refused' });
  expect(server.received).toHaveLength(2);
});
