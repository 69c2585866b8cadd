// A waiting agent hears by stream; where there is none, or none comes through, by signed polls. Nothing runs but after a yes to its own action.

import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nodeTransport } from '../../src/http/node-transport.ts';
import type { Transport } from '../../src/http/transport.ts';
import { ActionDeniedError, AIMClient } from '../../src/index.ts';
import { answerJson, type Received, smallServer } from '../http/small-server.ts';
import { startStage } from './operator.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const pending = { id: 'v1', status: 'pending', enforcementMode: 'strict', riskLevel: 'high' };
const approved = { ...pending, status: 'approved', approvedBy: 'ada' };

/** A server where everything waits, and the agent that asks it. */
async function waitingAt(poll: (request: Received, response: ServerResponse, count: number) => void) {
  let polls = 0;
  const server = await smallServer((request, response) => {
    if (request.method === 'POST') return answerJson(response, request.url.endsWith('/verifications') ? pending : {}, 201);
    polls += 1;
    poll(request, response, polls);
  });
  const agent = new AIMClient({ agentId: 'a1', privateKey: Buffer.alloc(32, 1).toString('base64'), aimUrl: server.url });
  cleanups.push(
    () => server.stop(),
    () => agent.close(),
  );
  const action = vi.fn(() => 'done');
  const start = (options: { timeoutSeconds?: number; signal?: AbortSignal } = {}) =>
    agent.performAction('payment:refund', { jitAccess: true, timeoutSeconds: 20, ...options }, action);
  return { start, action, asked: () => server.received.filter(({ method }) => method === 'GET') };
}

const stream = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });
const event = (body: unknown): string => `event: verification\ndata: ${JSON.stringify(body)}\n\n`;

test('a control plane of ours tells the decision down one stream, without a poll', async () => {
  const stage = await startStage();
  cleanups.push(() => stage.stop());
  const real = nodeTransport(stage.url);
  const opened: (string | undefined)[] = [];
  const polled: string[] = [];
  const transport: Transport = {
    ...real,
    send(attempt) {
      if (attempt.method === 'GET' && attempt.url.pathname.includes('/verifications/')) polled.push(attempt.url.href);
      return real.send(attempt);
    },
    async open(attempt) {
      const answer = await real.open(attempt);
      opened.push(answer.headers['content-type']);
      return answer;
    },
  };
  const agent = await stage.agent('listening', { transport });
  const decide = async (decision: 'approve' | 'deny') =>
    stage.api.approvals[decision](await stage.nextPending(), { reason: 'seen' });
  const running = agent.performAction('payment:refund', { jitAccess: true }, () => 'refunded');
  await vi.waitFor(() => expect(opened).toHaveLength(1));
  await decide('approve');
  await expect(running).resolves.toBe('refunded');
  const refused = agent.performAction('payment:refund', { jitAccess: true }, () => 'refunded').catch((error: unknown) => error);
  await vi.waitFor(() => expect(opened).toHaveLength(2));
  await decide('deny');
  expect(await refused).toBeInstanceOf(ActionDeniedError);
  expect([opened, polled]).toEqual([Array(2).fill('text/event-stream; charset=utf-8'), []]);
});

describe('a stream', () => {
  test('that is cut off is opened again, signed anew', async () => {
    const { start, asked } = await waitingAt((_request, response, count) => {
      stream(response).write(event(count === 1 ? pending : approved));
      if (count === 1) setImmediate(() => response.destroy());
    });
    await expect(start()).resolves.toBe('done');
    expect(asked().map(({ headers }) => [headers.accept?.split(',')[0], typeof headers['x-aim-signature']])).toEqual([
      ['text/event-stream', 'string'],
      ['text/event-stream', 'string'],
    ]);
  });

  test('that does not come through is left for signed polls', async () => {
    const { start, asked } = await waitingAt((request, response) => {
      if (request.headers.accept?.startsWith('text/event-stream')) response.destroy();
      else answerJson(response, approved);
    });
    await expect(start()).resolves.toBe('done');
    expect(asked().at(-1)?.headers).toMatchObject({ accept: 'application/json', 'x-aim-signature': expect.any(String) });
  });

  test('that a server does not know is not asked for again', async () => {
    const { start, asked } = await waitingAt((_request, response, count) => {
      setTimeout(() => answerJson(response, count === 1 ? pending : approved), count === 1 ? 1_100 : 0);
    });
    await expect(start()).resolves.toBe('done');
    expect(asked().map(({ headers }) => headers.accept)).toEqual([
      'text/event-stream, application/json;q=0.9',
      'application/json',
    ]);
  });

  test.each<[title: string, said: string]>([
    ['of another verification', event({ ...approved, id: 'v2' })],
    ['of another action', event({ ...approved, actionHash: 'f'.repeat(64) })],
    ['in another event', `event: other\ndata: ${JSON.stringify(approved)}\n\n`],
    ['that is half an answer', `event: verification\ndata: ${JSON.stringify(approved).slice(0, -5)}\n\n`],
    ['that is not ended', event(approved).trimEnd()],
    ['that never ends', `data: ${'x'.repeat(300_000)}`],
  ])('with a yes %s runs nothing', async (_, said) => {
    const { start, action } = await waitingAt((_request, response) => stream(response).end(said));
    await expect(start({ timeoutSeconds: 0.4 })).rejects.toMatchObject({ code: 'approval.timeout' });
    expect(action).not.toHaveBeenCalled();
  });

  test('ends with the signal of whoever waits', async () => {
    const controller = new AbortController();
    const { start, action } = await waitingAt((_request, response) => {
      stream(response).write(event(pending));
      response.on('close', () => controller.abort(new Error('heard')));
      setImmediate(() => controller.abort(new Error('no longer needed')));
    });
    await expect(start({ signal: controller.signal })).rejects.toThrow('no longer needed');
    expect(action).not.toHaveBeenCalled();
  });
});
