// Live events: by stream with resume and heartbeat, by polling from older servers, with the link told as it is.

import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Api, StreamItem } from '../../src/http/api.ts';
import { createCaller } from '../../src/http/caller.ts';
import { noCredentials } from '../../src/http/credential-source.ts';
import { nodeTransport } from '../../src/http/node-transport.ts';
import { approvalsOf } from '../../src/http/resources/approvals.ts';
import { eventsOf } from '../../src/http/resources/events.ts';
import { type Rhythm, streamOf } from '../../src/http/stream.ts';
import { answerJson, type Received, smallServer } from './small-server.ts';

const at = '2026-01-02T03:04:05.000Z';
const verification = (id: string, more: object = {}) => ({ id, status: 'success', result: 'verified', createdAt: at, ...more });
const frame = (type: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const told = (id: string, position: string): string =>
  frame('verification', { at, change: 'created', subject: verification(id) }, position);
// Silence ends a connection only where a test is about silence: a busy machine is late without being dead.
const fast: Rhythm = { heartbeatMs: 8_000, pollMs: 5, longestPauseMs: 5 };

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Collects items of a stream until `enough`, then ends it. */
async function follow(
  respond: (request: Received, response: ServerResponse, count: number) => void,
  enough: (items: StreamItem[]) => boolean,
  {
    streams = true,
    rhythm = fast,
    backlog,
    after,
  }: { streams?: boolean; rhythm?: Rhythm; backlog?: number; after?: string } = {},
): Promise<{ items: StreamItem[]; received: Received[] }> {
  const server = await smallServer(respond);
  const controller = new AbortController();
  ends.push(server.stop, () => controller.abort());
  const caller = createCaller({
    server: server.url,
    transport: nodeTransport(server.url),
    credentials: noCredentials,
    userAgent: 'test',
    timeoutMs: 2_000,
    retries: 0,
    readOnly: false,
  });
  const has: Api['has'] = async () => streams;
  const approvals = approvalsOf(caller);
  const stream = streamOf({ caller, has, events: eventsOf(caller, has, approvals), approvals }, rhythm);
  const items: StreamItem[] = [];
  for await (const item of stream({ signal: controller.signal, backlog, after })) {
    items.push(item);
    if (enough(items)) break;
  }
  return { items, received: server.received };
}

const ids = (items: StreamItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'event' && 'id' in item.event.subject ? [String(item.event.subject.id)] : []));
const states = (items: StreamItem[]): string[] => items.flatMap((item) => (item.kind === 'link' ? [item.link.state] : []));
const begin = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });

describe('a stream', () => {
  test('gives typed events and says that it is live', async () => {
    const { items } = await follow(
      (_request, response) => void begin(response).write(told('v1', '1') + told('v2', '2')),
      (all) => ids(all).length === 2,
    );
    expect(ids(items)).toEqual(['v1', 'v2']);
    expect(states(items)).toEqual(['connecting', 'live']);
  });

  test('puts events together that come in pieces of bytes', async () => {
    const text = told('zürich', '1');
    const { items } = await follow(
      (_request, response) => {
        begin(response);
        const bytes = Buffer.from(text);
        let index = 0;
        const next = (): void =>
          void (index < bytes.length && response.write(bytes.subarray(index, ++index), () => setImmediate(next)));
        next();
      },
      (all) => ids(all).length === 1,
      {},
    );
    expect(ids(items)).toEqual(['zürich']);
  });

  test('resumes after the last position when it is cut off, and says so', async () => {
    const { items, received } = await follow(
      (_request, response, count) => {
        begin(response).write(told(`v${count}`, String(count)));
        if (count === 1) setTimeout(() => response.destroy(), 5);
      },
      (all) => ids(all).length === 2,
    );
    expect(received[1]?.headers['last-event-id']).toBe('1');
    expect(states(items)).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  test('connects again when the heartbeat stops', async () => {
    const { items } = await follow(
      (_request, response, count) => {
        begin(response).write(': hello\n\n');
        if (count === 2) response.write(told('v1', '1'));
      },
      (all) => ids(all).length === 1,
      { rhythm: { ...fast, heartbeatMs: 200 } },
    );
    const lost = items.find((item) => item.kind === 'link' && item.link.state === 'reconnecting');
    expect(lost).toMatchObject({ link: { because: expect.stringContaining('has sent nothing') } });
  });

  test('does not wait for the silence of a connection that it slept through', async () => {
    let slept = 0;
    const { items, received } = await follow(
      (_request, response, count) => {
        begin(response).write(told(`v${count}`, String(count)));
        if (count === 1)
          setTimeout(() => {
            slept = 3_600_000;
          }, 100);
      },
      (all) => ids(all).length === 2,
      { rhythm: { ...fast, wake: { everyMs: 20, wall: () => Date.now() + slept } } },
    );
    expect(received[1]?.headers['last-event-id']).toBe('1');
    expect(items.find((item) => item.kind === 'link' && item.link.state === 'reconnecting')).toMatchObject({
      link: { because: expect.stringContaining('slept') },
    });
  });

  test('does not take a slow reader for a dead link', async () => {
    const server = await smallServer((_request, response) => void begin(response).write(told('v1', '1') + told('v2', '2')));
    ends.push(server.stop);
    const caller = createCaller({
      server: server.url,
      transport: nodeTransport(server.url),
      credentials: noCredentials,
      userAgent: 'test',
      timeoutMs: 2_000,
      retries: 0,
      readOnly: false,
    });
    const has: Api['has'] = async () => true;
    const approvals = approvalsOf(caller);
    const seen: StreamItem[] = [];
    for await (const item of streamOf(
      { caller, has, events: eventsOf(caller, has, approvals), approvals },
      { heartbeatMs: 20 },
    )()) {
      seen.push(item);
      if (ids(seen).length === 2) break;
      if (item.kind === 'event') await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    expect(states(seen)).toEqual(['connecting', 'live']);
  });

  test('fills a gap from the history where it can, and says what it could not', async () => {
    const { items } = await follow(
      (request, response) => {
        if (request.url.startsWith('/api/v1/verification-events?'))
          return answerJson(response, {
            events: [verification('v9', { createdAt: '2026-01-02T03:05:00Z' }), verification('v1')],
            total: 2,
          });
        begin(response).write(told('v1', '1') + frame('gap', { from: '1', to: '9', missed: 1 }, '9'));
      },
      (all) => all.some((item) => item.kind === 'gap'),
    );
    expect(ids(items)).toEqual(['v1', 'v9']);
    expect(items.at(-1)).toMatchObject({ kind: 'gap', missed: 1, filled: false });
  });

  test('passes over types that it does not know, and tells of an event that it cannot read', async () => {
    const { items } = await follow(
      (_request, response) =>
        void begin(response).write(
          frame('weather', {}, '1') + frame('verification', { at, change: 'created', subject: {} }, '2') + told('v3', '3'),
        ),
      (all) => ids(all).length === 1,
    );
    expect(items.filter((item) => item.kind === 'gap')).toHaveLength(1);
    expect(ids(items)).toEqual(['v3']);
  });

  test('polls where the stream is refused', async () => {
    const { items } = await follow(
      (request, response) =>
        request.url.startsWith('/api/v1/events/stream')
          ? answerJson(response, { error: 'no' }, 403)
          : answerJson(response, { events: null, verifications: null }),
      (all) => states(all).includes('polling'),
    );
    expect(items.at(-1)).toMatchObject({ link: { state: 'polling', because: 'stream-refused' } });
  });
});

describe('a server without a stream', () => {
  const answers = (events: (round: number) => object[], queue: (round: number) => object[]) => {
    let rounds = 0;
    return (request: Received, response: ServerResponse) => {
      if (request.url.startsWith('/api/v1/verification-events/recent')) {
        rounds += 1;
        return answerJson(response, { events: events(rounds) });
      }
      if (request.url.includes('/pending')) return answerJson(response, queue(rounds));
      answerJson(response, { ...pending, status: 'approved' });
    };
  };
  const pending = { id: 'p1', agent_id: 'a1', action_type: 'db:drop', status: 'pending', requested_at: at };

  test('is polled, and each event is told once', async () => {
    const { items } = await follow(
      answers(
        (round) => (round === 1 ? [verification('old')] : [verification('old'), verification('new')]),
        () => [],
      ),
      (all) => ids(all).length === 1,
      { streams: false },
    );
    expect(ids(items)).toEqual(['new']);
    expect(states(items)).toContain('polling');
  });

  test('gives the latest events first where a backlog is asked for', async () => {
    const { items } = await follow(
      answers(
        () => [verification('v1'), verification('v2', { createdAt: '2026-01-02T03:04:06Z' })],
        () => [],
      ),
      (all) => states(all).includes('polling'),
      { streams: false, backlog: 1 },
    );
    expect(ids(items)).toEqual(['v2']);
  });

  test('tells an event again when its outcome changes', async () => {
    const { items } = await follow(
      answers(
        (round) => [verification('v1', round < 3 ? {} : { executed: true })],
        () => [],
      ),
      (all) => ids(all).length === 1,
      { streams: false },
    );
    expect(items.at(-1)).toMatchObject({ event: { change: 'updated', subject: { executed: true } } });
  });

  test('tells what comes into the queue, and what became of it', async () => {
    const { items } = await follow(
      answers(
        () => [],
        (round) => (round === 2 ? [pending] : []),
      ),
      (all) => ids(all).length === 2,
      { streams: false },
    );
    expect(items.filter((item) => item.kind === 'event')).toMatchObject([
      { event: { type: 'approval', change: 'created', subject: { id: 'p1', status: 'pending' } } },
      { event: { type: 'approval', change: 'decided', subject: { id: 'p1', status: 'approved' } } },
    ]);
  });

  test('says when it cannot be reached, and when it can again', async () => {
    let round = 0;
    const { items } = await follow(
      (request, response) => {
        if (!request.url.includes('recent')) return answerJson(response, []);
        round += 1;
        answerJson(response, round === 2 ? { error: 'down' } : { events: [] }, round === 2 ? 500 : 200);
      },
      (all) => states(all).filter((state) => state === 'polling').length === 2,
      { streams: false },
    );
    expect(states(items)).toEqual(['connecting', 'polling', 'reconnecting', 'polling']);
  });
});
