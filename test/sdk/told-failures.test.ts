// How an action failed, as its report says it: whatever was thrown is a failure, and what is known to be a secret is not told.

import { expect, test } from 'vitest';
import { scriptedAgent } from '../../src/testing/index.ts';

const unreadable = Object.defineProperty(new Error(), 'message', {
  get() {
    throw new Error('no message');
  },
});

test.each<[title: string, thrown: unknown, told: string]>([
  ['an error by its kind and words', new RangeError('out of rows'), 'RangeError: out of rows'],
  ['nothing at all', undefined, 'failed'],
  ['an object without a prototype', Object.create(null), 'failed'],
  ['an error that cannot be read', unreadable, 'failed'],
  [
    'an error without the password in it',
    new Error('no way to postgres://u:hunter2@db/x'),
    'Error: no way to postgres://[redacted credentials]db/x',
  ],
  [
    'an error of a megabyte by its beginning',
    new Error('x'.repeat(2 ** 20)),
    expect.stringMatching(/^Error: x{150,200}… \+\d+ more$/) as string,
  ],
])('%s', async (_, thrown, told) => {
  const { agent, reports } = scriptedAgent({ '*': 'allowed' });
  const failing = agent.performAction('db:read', () => {
    throw thrown;
  });
  expect(await failing.catch((error: unknown) => ({ error }))).toEqual({ error: thrown });
  const items = agent.action('db:read')(async function* () {
    yield 1;
    throw thrown;
  })();
  await items.next();
  await items.next().catch(() => {});
  await agent.flush();
  expect(reports.map(({ executionError }) => executionError)).toEqual([told, told]);
});
