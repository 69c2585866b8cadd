// Whom the server calls for somebody: never inside, and without telling which names there are.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { callableAddress } from '../../src/control-plane/webhooks/address.ts';

const never = new Promise<string[]>(() => undefined);
const ask = (found: string[] | Promise<string[]>, patience = 0) =>
  callableAddress(new URL('https://intranet.example'), false, { addressesOf: async () => found, patience }).catch(
    (error: Error) => error.message,
  );

test('a name of outside is called at the address that was checked', async () => {
  expect(await ask(['93.184.216.34'], 60_000)).toEqual({ address: '93.184.216.34', family: 4 });
});

const refused: [title: string, found: () => string[] | Promise<string[]>][] = [
  ['a name that does not exist', () => []],
  ['a name whose server fails', () => Promise.reject(new Error('ESERVFAIL'))],
  ['a name whose server never answers', () => never],
  ['a name of inside', () => ['10.1.2.3']],
  ['a name of outside and inside', () => ['93.184.216.34', 'fd00::1']],
];

test.each(refused)('%s is refused in the same words', async (_, found) => {
  expect(await ask(found())).toBe('intranet.example has no address, or one inside this network');
});

test.each(refused)('%s is refused no sooner than any other', async (_, found) => {
  const patience = 40;
  expect(await Promise.race([ask(found(), patience), sleep(patience / 2, 'waits')])).toBe('waits');
});

test.each(['0x7f.1', '2130706433', '0177.0.0.1', '[::ffff:127.0.0.1]', '[::1]', '127.1', '[64:ff9b::7f00:1]'])(
  '%s is this machine, however it is written',
  async (host) => {
    await expect(callableAddress(new URL(`http://${host}/`), false)).rejects.toThrow('inside this network');
  },
);
