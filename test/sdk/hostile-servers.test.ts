// Every method against servers that break HTTP itself, or lie in JSON: an error in time, little memory, and nothing runs.

import { mkdtemp, rm } from 'node:fs/promises';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AIMClient, AIMError } from '../../src/index.ts';
import { everyCall, ID } from './every-call.ts';

/** What a server does once it has read a request; `request` is its first line. */
type Behaviour = (socket: Socket, request: string) => void;

let behaviour: Behaviour = () => {};
const open = new Set<Socket>();
const server = net.createServer((socket) => {
  open.add(socket.on('error', () => {}).on('close', () => open.delete(socket)));
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0 || text.length < end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)) return;
    const [line = ''] = text.split('\r\n', 1);
    text = '';
    behaviour(socket, line);
  });
});

let aimUrl: string;
let credentialsFolder: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  aimUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  credentialsFolder = await mkdtemp(join(tmpdir(), 'aim-hostile-'));
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(credentialsFolder, { recursive: true, force: true });
});

const action = vi.fn();
// A new one for each: one that has met five bad servers in a row asks none for a while.
const newAgent = (): AIMClient => {
  const privateKey = Buffer.alloc(32, 1).toString('base64');
  return new AIMClient({ agentId: ID, privateKey, aimUrl, maxRetries: 0, timeout: 0.3, credentialsFolder });
};
const plain = (body: string | Buffer, headers = ''): Behaviour => {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return (socket) => void socket.write(Buffer.concat([Buffer.from(head), Buffer.from(body)]));
};

/** Goes on until the reader has had enough, never faster than it reads. */
const endless =
  (head: string, more: string | Buffer): Behaviour =>
  (socket) => {
    socket.write(head);
    const write = (): void => {
      while (!socket.destroyed) if (!socket.write(more)) return void socket.once('drain', write);
    };
    write();
  };
const trickle =
  (text: string): Behaviour =>
  (socket) => {
    let at = 0;
    const timer = setInterval(
      () => (socket.destroyed || at >= text.length ? clearInterval(timer) : socket.write(text[at++] ?? '')),
      20,
    );
  };
const MB = 1024 * 1024;
const CHUNKED = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

const HOSTILE: [title: string, behaviour: Behaviour][] = [
  ['one byte at a time', trickle(`HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n${'{'.repeat(900)}`)],
  ['a head that never ends', endless('HTTP/1.1 200 OK\r\n', `x-filler: ${'y'.repeat(1000)}\r\n`)],
  ['a header of a megabyte', plain('{}', `x-large: ${'y'.repeat(MB)}\r\n`)],
  ['answers of the first hundred for ever', endless('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))],
  ['a body that never ends', endless('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n', Buffer.alloc(65_536, ' '))],
  ['chunks that never end', endless(CHUNKED, `10000\r\n${' '.repeat(65_536)}\r\n`)],
  ['chunks of one byte that never end', endless(CHUNKED, '1\r\n \r\n'.repeat(500))],
  ['trailers that never end', endless(`${CHUNKED}0\r\n`, 'x-more: y\r\n'.repeat(500))],
  [
    'a hundred megabytes that it promises',
    (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n{'),
  ],
  ['a bomb', plain(gzipSync(Buffer.alloc(64 * MB)), 'content-encoding: gzip\r\n')],
  ['what only says that it is compressed', plain('{"id":"x"}', 'content-encoding: gzip\r\n')],
  ['a length that is no number', (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1e3\r\n\r\n{}')],
  ['two lengths', (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}')],
  [
    'a length and chunks',
    (socket) => void socket.write(`${CHUNKED.slice(0, -2)}content-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
  ],
  [
    'an end in the middle of its JSON',
    (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"id":"x","sta'),
  ],
  ['an end in the middle of a chunk', (socket) => void socket.end(`${CHUNKED}20\r\n{"id":`)],
  ['another protocol', (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ['nothing at all', (socket) => void socket.end()],
  ['HTTP/1.0 with a web page', (socket) => void socket.end('HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n<html>')],
  [
    'a redirect to elsewhere',
    (socket) => void socket.write(`HTTP/1.1 307 x\r\nlocation: ${aimUrl}/other\r\ncontent-length: 0\r\n\r\n`),
  ],
  [
    'a switch of protocols',
    (socket) => void socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
  ['a status that is none', (socket) => void socket.write('HTTP/1.1 999 What\r\ncontent-length: 2\r\n\r\n{}')],
  ['zeros', plain(Buffer.alloc(200))],
  ['JSON as deep as it is long', plain('['.repeat(50_000))],
];

const OF_EACH_KIND = new Set(['secure', 'login', 'performAction', 'a generator', 'listAgents', 'deleteAgent', 'a2a.getSkills']);

describe('every call ends with an error that says why, before long:', () => {
  test.each(HOSTILE)('%s', async (title, hostile) => {
    const isEndless = /never|for ever|at a time|bomb/.test(title);
    const asked: string[] = [];
    behaviour = (socket, line) => {
      asked.push(line);
      hostile(socket, line);
    };
    const before = process.memoryUsage().rss;
    // What never ends is read as far as its kind of answer may be long, which takes a while: by one call of each kind.
    const all = everyCall({ agent: newAgent(), aimUrl, credentialsFolder, action });
    const calls = isEndless ? all.filter(([title]) => OF_EACH_KIND.has(title)) : all;
    const outcomes: string[] = [];
    for (let at = 0; at < calls.length; at += 8)
      await Promise.all(
        calls.slice(at, at + 8).map(async ([title, call]) => {
          const outcome = await call().then(
            (value) => JSON.stringify(value) ?? 'nothing',
            (error: unknown) => error,
          );
          if (!(outcome instanceof AIMError)) outcomes.push(`${title}: ${String(outcome)}`);
        }),
      );
    for (const socket of open) socket.destroy();
    expect(outcomes).toEqual([]);
    expect(action).not.toHaveBeenCalled();
    expect(asked.filter((line) => line.includes('/other'))).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * MB);
  });
});

async function noYes(text: string): Promise<void> {
  const asked: string[] = [];
  behaviour = (socket, line) => {
    asked.push(line);
    plain(text)(socket, line);
  };
  await expect(newAgent().performAction('db:read', { autoRegister: false }, action)).rejects.toBeInstanceOf(AIMError);
  expect(asked).toEqual(['POST /api/v1/sdk-api/verifications HTTP/1.1']);
  expect(action).not.toHaveBeenCalled();
}

describe('what is nearly a yes is none:', () => {
  test('and a yes is one', async () => {
    behaviour = plain(JSON.stringify({ id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' }));
    const agent = newAgent();
    expect(await agent.performAction('db:read', { autoRegister: false }, () => 'ran')).toBe('ran');
    await agent.flush();
  });

  const yes = { id: 'v1', status: 'approved', enforcementMode: 'strict', riskLevel: 'low' };
  test.each<[title: string, body: unknown]>([
    ['another case', { ...yes, status: 'APPROVED' }],
    ['an older word in another case', { ...yes, status: 'Auto-Approved' }],
    ['blanks around it', { ...yes, status: ' approved ' }],
    ['no status', { ...yes, status: undefined }],
    ['a status that is true', { ...yes, status: true }],
    ['a list of one', [yes]],
    ['a status in a list', { ...yes, status: ['approved'] }],
    ['verified as a text', { id: 'v1', verified: 'true' }],
    ['allowed as a number', { id: 'v1', allowed: 1 }],
    ['success', { success: true }],
    ['a yes in an envelope', { data: yes }],
    ['a yes beside an error', { ...yes, error: true }],
    ['a yes beside an error in words', { ...yes, error: 'database is locked' }],
    ['a yes without an id', { ...yes, id: undefined }],
    ['a yes with an id that is a number', { ...yes, id: 7 }],
    ['a yes to another action', { ...yes, actionHash: 'a'.repeat(64) }],
    ['null', null],
    ['true', true],
    ['a text', 'approved'],
  ])('%s', async (_, body) => {
    await noYes(JSON.stringify(body));
  });

  test.each<[title: string, text: string]>([
    [
      'a yes that becomes a no',
      '{"id":"v1","status":"approved","enforcementMode":"strict","riskLevel":"low","status":"denied"}',
    ],
    ['a yes in the wrong member', '{"id":"v1","status":"denied","Status":"approved","STATUS":"approved"}'],
    ['a yes by its prototype', '{"id":"v1","__proto__":{"status":"approved","enforcementMode":"strict","riskLevel":"low"}}'],
    ['two answers in one', '{"id":"v1","status":"denied"}{"id":"v1","status":"approved"}'],
    ['a yes with status 204', ''],
  ])('%s', async (_, text) => {
    await noYes(text);
  });
});
