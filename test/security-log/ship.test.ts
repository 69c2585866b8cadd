// Shipping: every line arrives at least once, whatever the receiver or the exporter does in between.

import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../src/security-log/export/formats.ts';
import { shipLog } from '../../src/security-log/export/ship.ts';
import { sinkFor } from '../../src/security-log/export/sinks.ts';
import { openSpool } from '../../src/security-log/export/spool.ts';
import { folder } from './scratch.ts';

const line = (message: string) => `${JSON.stringify({ category: 'AUDIT', event_type: 'INFO', severity: 'INFO', message })}\n`;
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => line(`m${from + n}`)).join('');
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `m${from + n}`);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function ship(
  file: string,
  target: string,
  { format = 'jsonl' as ExportFormat, spool = ':memory:', follow = false, signal = new AbortController().signal } = {},
) {
  const opened = openSpool(spool);
  const sink = sinkFor(target, { format, stdout: process.stdout });
  return shipLog({ files: [file], spool: opened, sink, fits: () => true, follow, signal, random: () => 0.01 }).finally(() =>
    opened.close(),
  );
}

describe('to a file', () => {
  test('goes on where it ended, also when the log was rotated meanwhile', async () => {
    const base = folder();
    const [file, out, spool] = [join(base, 'security.log'), join(base, 'out'), join(base, 'spool', 'db')];
    writeFileSync(file, lines(0, 5));
    await ship(file, `file:${out}`, { spool });
    appendFileSync(file, lines(5, 8));
    renameSync(file, `${file}.1`);
    writeFileSync(file, lines(8, 10));
    expect(await ship(file, `file:${out}`, { spool })).toMatchObject({ queued: 0, sent: 10, refused: 0 });
    expect(readFileSync(out, 'utf8')).toBe(lines(0, 10));
  });
});

describe('to HTTP', () => {
  async function receiver(answer: (body: string, request: IncomingMessage, response: ServerResponse) => void) {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      answer(body, request, response);
    });
    return `http://127.0.0.1:${await listening(server as unknown as Server)}/v1/logs`;
  }
  const received = (body: string) =>
    body
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text).message);

  test('says what an OTLP receiver took and dropped, and does not send it again', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, lines(0, 3));
    let calls = 0;
    const url = await receiver((_, __, response) => {
      calls += 1;
      response.end('{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}');
    });
    const said: (string | null)[] = [];
    const sink = sinkFor(url, { format: 'otlp', stdout: process.stdout });
    const options = { files: [file], spool: openSpool(':memory:'), sink, fits: () => true, follow: false };
    await shipLog({ ...options, signal: new AbortController().signal, onState: ({ failing }) => said.push(failing) });
    expect(said).toEqual(['the receiver dropped 2 for good: too old']);
    expect(calls).toBe(1);
  });

  test('tries again until the receiver takes it', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, lines(0, 3));
    const got: string[] = [];
    let calls = 0;
    const url = await receiver((body, _, response) => {
      calls += 1;
      response.statusCode = calls === 1 ? 503 : calls === 2 ? 429 : 200;
      if (calls === 2) response.setHeader('retry-after', '0');
      if (calls > 2) got.push(...received(body));
      response.end();
    });
    expect(await ship(file, url)).toMatchObject({ queued: 0, sent: 3 });
    expect(got).toEqual(numbers(0, 3));
  });

  test('puts the one line aside that the receiver refuses, and delivers all others', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, lines(0, 20));
    const got: string[] = [];
    const url = await receiver((body, _, response) => {
      const all = received(body);
      response.statusCode = all.includes('m7') ? 400 : 200;
      if (response.statusCode === 200) got.push(...all);
      response.end('no');
    });
    expect(await ship(file, url)).toMatchObject({ queued: 0, sent: 19, refused: 1 });
    expect(got.sort()).toEqual(
      numbers(0, 20)
        .filter((message) => message !== 'm7')
        .sort(),
    );
  });

  test('keeps what it could not deliver for the next run', async () => {
    const base = folder();
    const [file, spool] = [join(base, 'security.log'), join(base, 'spool.db')];
    writeFileSync(file, lines(0, 4));
    const ending = new AbortController();
    let isDown = true;
    const got: string[] = [];
    const url = await receiver((body, _, response) => {
      response.statusCode = isDown ? 500 : 200;
      if (!isDown) got.push(...received(body));
      response.end();
      if (isDown) ending.abort();
    });
    expect(await ship(file, url, { spool, follow: true, signal: ending.signal })).toMatchObject({ queued: 4, sent: 0 });
    isDown = false;
    appendFileSync(file, line('m4'));
    expect(await ship(file, url, { spool })).toMatchObject({ queued: 0, sent: 5 });
    expect(got).toEqual(numbers(0, 5));
  });

  test('sends OTLP as one request for many lines', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, lines(0, 50));
    const bodies: string[] = [];
    const types: unknown[] = [];
    const url = await receiver((body, request, response) => {
      bodies.push(body);
      types.push(request.headers['content-type']);
      response.end('{}');
    });
    await ship(file, url, { format: 'otlp' });
    expect(types).toEqual(['application/json']);
    expect(JSON.parse(bodies[0] ?? '').resourceLogs[0].scopeLogs[0].logRecords).toHaveLength(50);
  });
});

describe('to syslog over TCP', () => {
  test('frames by length, and sends again what a broken connection may have swallowed', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, lines(0, 10));
    const sockets: Socket[] = [];
    let text = '';
    const port = await listening(
      createTcpServer((socket) => {
        sockets.push(socket);
        socket.on('data', (chunk) => {
          text += chunk;
        });
      }),
    );
    const ending = new AbortController();
    const shipping = ship(file, `syslog+tcp://127.0.0.1:${port}`, { follow: true, signal: ending.signal });
    await expect.poll(() => text.includes('m9'), { timeout: 15_000 }).toBe(true);
    text = '';
    sockets[0]?.end();
    await expect.poll(() => sockets[0]?.destroyed, { timeout: 15_000 }).toBe(true);
    appendFileSync(file, lines(10, 12));
    await expect.poll(() => text.includes('m11'), { timeout: 15_000 }).toBe(true);
    const missing = numbers(0, 12).filter((message) => !text.includes(`"message":"${message}"`));
    expect(missing).toEqual([]);
    expect(text).toMatch(/^\d+ <110>1 /);
    ending.abort();
    await shipping;
    for (const socket of sockets) socket.destroy();
  });
});

describe('a spool', () => {
  test('belongs to one exporter at a time', () => {
    const path = join(folder(), 'spool.db');
    const spool = openSpool(path);
    expect(() => openSpool(path)).toThrow();
    spool.close();
    openSpool(path).close();
  });
});
