// An action that hands over a stream ends when the stream does: that is when it is reported, and how.

import { PassThrough, Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { scriptedAgent } from '../../src/testing/index.ts';

const broken = new RangeError('half of it');
const items = (fails = false) =>
  (async function* () {
    yield 'a';
    await pause(1);
    if (fails) throw broken;
    yield 'b';
  })();

const readAll = async (stream: AsyncIterable<unknown>): Promise<unknown[]> => {
  const read = [];
  for await (const item of stream) read.push(String(item));
  return read;
};
const readOne = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of stream) return;
};

test.each<[title: string, make: (fails: boolean) => AsyncIterable<unknown>]>([
  ['a Readable', (fails) => Readable.from(items(fails))],
  ['a web stream', (fails) => ReadableStream.from(items(fails))],
])('%s', async (_, make) => {
  const { agent, reports } = scriptedAgent({ '*': 'allowed' });
  const told = async () => {
    await agent.flush();
    return reports.splice(0).map(({ executionError }) => executionError ?? 'done');
  };

  const whole = await agent.performAction('db:read', () => make(false));
  expect(await told(), 'nothing is said of what has only begun').toEqual([]);
  expect(await readAll(whole)).toEqual(['a', 'b']);
  await vi.waitFor(async () => expect(await told()).toEqual(['done']));

  const failing = await agent.action('db:read')(async () => make(true))();
  await expect(readAll(failing)).rejects.toBe(broken);
  await vi.waitFor(async () => expect(await told()).toEqual(['RangeError: half of it']));

  await readOne(await agent.performAction('db:read', () => make(false)));
  await vi.waitFor(async () => expect(await told(), 'who stops reading ends it').toEqual(['done']));
});

test('a connection, which can be written to as well, is a result like any other', async () => {
  const { agent, reports } = scriptedAgent({ '*': 'allowed' });
  await agent.performAction('db:read', () => new PassThrough());
  await agent.flush();
  expect(reports).toHaveLength(1);
});

test('an error that the caller does not hear is still nobody’s', async () => {
  const { agent } = scriptedAgent({ '*': 'allowed' });
  const stream = await agent.performAction('db:read', () => new Readable({ read() {} }));
  expect(stream.listenerCount('error')).toBe(0);
});
