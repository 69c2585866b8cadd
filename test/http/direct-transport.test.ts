// Connections of our own to a real server: kept and used again, dropped when they slip, and nothing that hangs.

import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nodeTransport } from '../../src/http/node-transport.ts';
import type { Attempt, Transport } from '../../src/http/transport.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server whose connections answer as the test says, byte by byte. */
async function rawServer(serve: (socket: Socket, connection: number) => void) {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}));
    serve(socket, connections);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = nodeTransport(url);
  cleanups.push(() => {
    transport.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url, transport, sockets, count: () => connections };
}

const ask = (transport: Transport, url: string, change: Partial<Attempt> = {}) =>
  transport.send({
    method: 'POST',
    url: new URL('/path?q=1', url),
    headers: { accept: 'application/json' },
    body: '{"ü":1}',
    timeoutMs: 5_000,
    maxBytes: 1000,
    ...change,
  });
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

describe('a connection', () => {
  test('carries one request after the other, with the bytes as they were given', async () => {
    const bodies: string[] = [];
    const server = http.createServer(async (request, response) => {
      bodies.push(`${request.method} ${request.url} ${Buffer.concat(await request.toArray())}`);
      response.end('{}');
    });
    const connected = vi.fn();
    server.on('connection', connected);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const transport = nodeTransport(url);
    cleanups.push(() => {
      transport.close();
      server.close();
      server.closeAllConnections();
    });
    for (let round = 0; round < 3; round += 1) await ask(transport, url);
    expect(bodies).toEqual(Array(3).fill('POST /path?q=1 {"ü":1}'));
    expect(connected).toHaveBeenCalledOnce();
  });

  test('that sends more than its answer is not used again', async () => {
    const { transport, url, count } = await rawServer((socket) => socket.on('data', () => socket.write(OK + OK)));
    await ask(transport, url);
    await ask(transport, url);
    expect(count()).toBe(2);
  });

  test('that speaks while nobody asks is not used again', async () => {
    const { transport, url, count, sockets } = await rawServer((socket) => socket.on('data', () => socket.write(OK)));
    await ask(transport, url);
    const [first] = sockets;
    const gone = new Promise((resolve) => first?.on('close', resolve));
    first?.write(OK);
    await gone;
    await ask(transport, url);
    expect(count()).toBe(2);
  });

  test('is given up before the server gives it up', async () => {
    const kept = OK.replace('\r\n\r\n', '\r\nkeep-alive: timeout=1\r\n\r\n');
    const { transport, url, count } = await rawServer((socket) => socket.on('data', () => socket.write(kept)));
    await ask(transport, url);
    await ask(transport, url);
    expect(count()).toBe(2);
  });

  test('takes no header that would be two', async () => {
    let received = '';
    const { transport, url } = await rawServer((socket) =>
      socket.on('data', (chunk) => {
        received += chunk;
        socket.write(OK);
      }),
    );
    const smuggled = ask(transport, url, { headers: { 'x-reason': 'fine\r\nx-api-key: stolen' } });
    await expect(smuggled).rejects.toMatchObject({ code: 'remote.failed' });
    await ask(transport, url);
    expect(received).not.toContain('stolen');
  });
});

describe('nothing hangs', () => {
  test.each<[title: string, serve: (socket: Socket) => void, code: string]>([
    ['a server that says nothing', () => {}, 'remote.timeout'],
    ['one that stops in the middle', (socket) => socket.write(OK.slice(0, -1)), 'remote.timeout'],
    ['one that hangs up in the middle', (socket) => socket.end(OK.slice(0, -1)), 'remote.cut-off'],
    ['one that hangs up at once', (socket) => socket.end(), 'remote.cut-off'],
    ['one that resets', (socket) => socket.resetAndDestroy(), 'remote.cut-off'],
    ['one that is no HTTP server', (socket) => socket.write('220 smtp ready\r\n\r\n'), 'remote.not-http'],
    ['one that answers too much', (socket) => socket.write(OK.replace('length: 2', 'length: 2000')), 'remote.too-large'],
  ])('at %s', async (_, serve, code) => {
    const { transport, url } = await rawServer((socket) => socket.on('data', () => serve(socket)));
    await expect(ask(transport, url, { timeoutMs: 150 })).rejects.toMatchObject({ code });
  });

  test('where the caller gives up', async () => {
    const { transport, url } = await rawServer(() => {});
    const controller = new AbortController();
    const asking = ask(transport, url, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    await expect(ask(transport, url, { signal: controller.signal })).rejects.toThrow('enough');
  });

  test('where more is asked at once than there are connections', async () => {
    const { transport, url, count } = await rawServer((socket) =>
      socket.on('data', () => setTimeout(() => socket.write(OK), 5)),
    );
    const answers = await Promise.all(Array.from({ length: 600 }, () => ask(transport, url)));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['{}']));
    expect(count()).toBeLessThanOrEqual(256);
    const controller = new AbortController();
    const silent = await rawServer(() => {});
    const asked = Array.from({ length: 300 }, () =>
      ask(silent.transport, silent.url, { timeoutMs: 300, signal: controller.signal }),
    );
    asked.at(-1)?.catch(() => {});
    controller.abort(new Error('enough'));
    expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('where it is closed with requests under way', async () => {
    const { transport, url } = await rawServer(() => {});
    const asked = Array.from({ length: 300 }, () => ask(transport, url));
    setImmediate(() => transport.close());
    expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
  });
});

test.each(['gzip', 'deflate', 'br'])('an answer that was compressed without being asked is understood: %s', async (coding) => {
  const zlib = await import('node:zlib');
  const pack = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync }[coding as 'gzip'];
  const body = pack('{"a":1}');
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${body.length}\r\n\r\n`;
  const { transport, url } = await rawServer((socket) =>
    socket.on('data', () => socket.write(Buffer.concat([Buffer.from(head), body]))),
  );
  await expect(ask(transport, url)).resolves.toMatchObject({ text: '{"a":1}' });
  const bomb = pack(Buffer.alloc(5_000_000));
  const large = await rawServer((socket) =>
    socket.on('data', () =>
      socket.write(Buffer.concat([Buffer.from(head.replace(String(body.length), String(bomb.length))), bomb])),
    ),
  );
  await expect(ask(large.transport, large.url, { maxBytes: 100_000 })).rejects.toMatchObject({ code: 'remote.unreadable' });
});

describe('several requests down one connection', () => {
  const together = (transport: Transport, url: string, bodies: readonly string[]) =>
    Promise.allSettled(
      transport.sendTogether?.(
        bodies.map((body) => ({
          method: 'POST',
          url: new URL('/report', url),
          headers: {},
          body,
          timeoutMs: 2_000,
          maxBytes: 1000,
        })),
      ) ?? [],
    );
  const text = (result: PromiseSettledResult<{ text: string }>) =>
    result.status === 'fulfilled' ? result.value.text : (result.reason as { code: string }).code;
  const say = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

  test('go out at once, and each gets its own answer', async () => {
    let heard = '';
    const { transport, url, count } = await rawServer((socket) =>
      socket.on('data', (chunk) => {
        heard += chunk;
        if (!heard.endsWith('three')) return;
        const answers = say('1') + say('2ü'.slice(0, 1)) + say('3');
        socket.write(answers.slice(0, 50));
        setImmediate(() => socket.write(answers.slice(50)));
      }),
    );
    expect((await together(transport, url, ['one', 'two', 'three'])).map(text)).toEqual(['1', '2', '3']);
    expect(heard.match(/POST \/report/g)).toHaveLength(3);
    heard = 'three';
    await together(transport, url, ['three']);
    expect(count()).toBe(1);
  });

  test.each<[title: string, answer: string, expected: string[]]>([
    ['what the end of the connection left unanswered failed', say('1'), ['1', 'remote.cut-off', 'remote.cut-off']],
    [
      'a server that ends its connection after the first answers no other',
      `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n1${say('2')}`,
      ['1', 'remote.cut-off', 'remote.cut-off'],
    ],
    ['what is no HTTP fails those that are left', `${say('1')}nonsense\r\n\r\n`, ['1', 'remote.not-http', 'remote.not-http']],
  ])('%s', async (_, answer, expected) => {
    const { transport, url } = await rawServer((socket) => socket.once('data', () => socket.end(answer)));
    expect((await together(transport, url, ['one', 'two', 'three'])).map(text)).toEqual(expected);
  });

  test('a connection with one answer too many is not used again', async () => {
    const { transport, url, count } = await rawServer((socket) =>
      socket.on('data', () => socket.write(say('1') + say('2') + say('3'))),
    );
    expect((await together(transport, url, ['one', 'two'])).map(text)).toEqual(['1', '2']);
    await together(transport, url, ['one', 'two']);
    expect(count()).toBe(2);
  });
});
