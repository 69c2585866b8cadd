// How it went is told in the background: several reports at once on one connection, and none lost where a server takes only one.

import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { AIMClient } from '../../src/index.ts';
import { answerJson, smallServer } from '../http/small-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const identity = { agentId: 'a1', privateKey: Buffer.alloc(32, 1).toString('base64') };
const approved = { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' };

function agentAt(aimUrl: string): AIMClient {
  const agent = new AIMClient({ ...identity, aimUrl });
  cleanups.push(() => agent.close());
  return agent;
}

async function act(agent: AIMClient, times: number): Promise<void> {
  for (let made = 0; made < times; made += 1) await agent.performAction('db:read', { autoRegister: false }, () => made);
}

describe('reports', () => {
  test('do not keep the caller: they are sent while a server holds their answers back', async () => {
    const held: (() => void)[] = [];
    const server = await smallServer(({ url }, response) => {
      const answer = () => answerJson(response, approved, 201);
      if (url.includes('/execution-status')) held.push(answer);
      else answer();
    });
    cleanups.push(() => server.stop());
    const agent = agentAt(server.url);
    await act(agent, 5);
    const flushed = agent.flush();
    while (held.length < 1) await new Promise(setImmediate);
    for (let answered = 0; answered < 5; await new Promise(setImmediate))
      for (const answer of held.splice(0)) {
        answer();
        answered += 1;
      }
    await flushed;
    expect(server.received.filter(({ url }) => url.includes('/execution-status'))).toHaveLength(5);
  });

  test('go several at once, in far fewer packets than there are reports', async () => {
    const packets: string[] = [];
    const server = net.createServer((socket) => {
      let rest = '';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        packets.push(String(chunk));
        rest += chunk;
        for (
          let whole = /^.*?content-length: (\d+)\r\n\r\n/is.exec(rest);
          whole;
          whole = /^.*?content-length: (\d+)\r\n\r\n/is.exec(rest)
        ) {
          const end = whole[0].length + Number(whole[1]);
          if (rest.length < end) return;
          rest = rest.slice(end);
          const body = JSON.stringify(approved);
          socket.write(
            `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
          );
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const agent = agentAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await act(agent, 48);
    await agent.flush();
    const reporting = packets.filter((packet) => packet.includes('/execution-status'));
    expect(reporting.join('').match(/POST [^ ]+execution-status/g)).toHaveLength(48);
    expect(reporting.length).toBeLessThanOrEqual(16);
  });

  test.each<[title: string, isSilentAfter: number]>([
    ['arrive at a server that ends each connection after one answer', 1],
    ['arrive at a server that ends each connection after three', 3],
  ])('%s', async (_, most) => {
    const reported: string[] = [];
    const answered = new WeakMap<net.Socket, number>();
    const server = await smallServer(({ url, body }, response) => {
      const { socket } = response;
      const count = (socket === null ? 0 : (answered.get(socket) ?? 0)) + 1;
      if (socket !== null) answered.set(socket, count);
      if (count > most) return void socket?.destroy();
      if (url.includes('/execution-status')) reported.push(body);
      answerJson(response, approved, 201, count === most ? { connection: 'close' } : {});
    });
    cleanups.push(() => server.stop());
    const agent = agentAt(server.url);
    await Promise.all(Array.from({ length: 6 }, () => act(agent, 1)));
    await agent.flush(20_000);
    expect(reported.length).toBeGreaterThanOrEqual(6);
  });

  test('take the older route where a server does not know the newer', async () => {
    const older: string[] = [];
    const server = await smallServer(({ url, body }, response) => {
      if (url.endsWith('/execution-status')) return answerJson(response, { error: 'Cannot POST' }, 404);
      if (url.endsWith('/result')) older.push(body);
      answerJson(response, approved, 201);
    });
    cleanups.push(() => server.stop());
    const agent = agentAt(server.url);
    await act(agent, 3);
    await agent.flush();
    expect(older.map((body) => (JSON.parse(body) as { result: string }).result)).toEqual(['success', 'success', 'success']);
  });
});
