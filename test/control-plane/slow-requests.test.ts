// Requests that never quite arrive: each is ended in time, with a word of why, and keeps nobody else waiting.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ arrivesWithin: 400 });
});
afterAll(() => world.stop());

/** Sends what is given and then a byte now and then, until the server has had enough. Gives what it said. */
async function dribble(start: string, every: string): Promise<string> {
  const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(start);
  const drop = setInterval(() => socket.write(every), 20);
  await once(socket, 'close');
  clearInterval(drop);
  return said;
}

const LINE = 'POST /api/v1/auth/login/local HTTP/1.1\r\nHost: localhost\r\n';

describe('a request', () => {
  test.each([
    ['whose line never ends', 'GET /', 'a'],
    ['whose headers never end', LINE, 'X-A: b\r\n'],
    ['whose body never ends', `${LINE}Content-Type: application/json\r\nContent-Length: 50000\r\n\r\n{"email":"`, 'a'],
    ['whose chunks never end', `${LINE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n'],
  ])('%s is ended with 408 and a reason', async (_, start, every) => {
    const [head = '', body = ''] = (await dribble(start, every)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 408 /);
    expect(JSON.parse(body)).toEqual({ error: expect.any(String), reasonCode: 'requestTimeout' });
  });

  test('that is quick is answered while a hundred slow ones hang', async () => {
    const slow = Array.from({ length: 100 }, () => dribble(LINE, 'X-A: b\r\n'));
    expect((await world.admin.call('GET', '/api/v1/agents')).status).toBe(200);
    expect((await Promise.all(slow)).filter((said) => said.startsWith('HTTP/1.1 408'))).toHaveLength(100);
  });
});

test('an answer that takes its time is not a slow request', async () => {
  const agent = await world.agent();
  const { body } = await agent.ask('db:drop', { context: { jit_access: true } });
  const waiting = fetch(`${world.url}/api/v1/events/stream`, {
    headers: { authorization: `Bearer ${world.admin.accessToken}` },
  });
  const reader = (await waiting).body?.getReader();
  // Longer than a request may take to arrive.
  await dribble(LINE, 'X-A: b\r\n');
  await world.admin.call('POST', `/api/v1/admin/verifications/${body.id}/deny`, { reason: 'no' });
  let heard = '';
  while (!heard.includes('decided')) heard += new TextDecoder().decode((await reader?.read())?.value);
  await reader?.cancel();
  expect(heard).toContain(body.id);
});
