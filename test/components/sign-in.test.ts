// A sign-in that ends: said before, and begun again without leaving.

import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Action, defineAction } from '../../commands/action.ts';
import { AuthenticationError } from '../../src/errors.ts';
import { anAgent, fakeServer, NOW } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

const CTRL_O = '\u000f';
const MINUTE = 60_000;

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('the header', () => {
  test.each<[title: string, endsIn: number | null, says: RegExp | null]>([
    ['counts the last minutes down', 10 * MINUTE, /sign-in ends in 10m/],
    ['says the last day', 23 * 60 * MINUTE, /sign-in ends in 23h/],
    ['says nothing of what is days away', 6 * 24 * 60 * MINUTE, null],
    ['says nothing where nobody says', null, null],
    ['says that it has ended, and the key', -MINUTE, /signed out, \^O signs in/],
  ])('%s', async (_, endsIn, says) => {
    open = await openDashboard({ size: [120, 24], signInEndsAt: () => (endsIn === null ? null : NOW + endsIn) });
    await open.shows('Needs you now');
    if (says) expect(open.rows()[0]).toMatch(says);
    else expect(open.rows()[0]).not.toMatch(/sign-in|signed out/);
  });
});

test('^O lends the terminal to the sign-in, and the same server is there anew', async () => {
  const asked: unknown[] = [];
  const login = defineAction({
    id: 'login',
    summary: 'Sign in',
    args: {},
    options: { email: { summary: 'Whose', value: 'ADDRESS', schema: z.string().optional() } },
    needs: 'none',
    commandLineOnly: true,
    run: async ({ settings, io }, _, options) => {
      asked.push({ ...options, server: settings.get('server'), layer: settings.explain('server').layer, mayAsk: io.mayAsk });
    },
    view: { kind: 'none' },
  }) as Action;
  const ended = fakeServer({ agents: [] });
  const anew = fakeServer({ agents: [anAgent({ id: 'a-1', name: 'seen-again' })] });
  Object.assign(ended.api, { server: 'https://aim.example' });
  Object.assign(ended.api.events, {
    batches: undefined,
    // biome-ignore lint/correctness/useYield: it is refused before anything comes
    async *stream() {
      throw new AuthenticationError('auth.session-ended', { message: 'The sign-in has ended.' });
    },
  });
  open = await openDashboard({
    server: ended,
    others: { default: anew },
    registry: [login],
    signInEndsAt: () => NOW + 60 * MINUTE,
    size: [120, 24],
    on: 'agents',
  });
  await open.shows('^O signs in again, here');
  expect(open.rows()[0]).toContain('signed out, ^O signs in');
  await open.press(CTRL_O);
  await open.shows('asked for in this terminal');
  await open.burst('pass');
  await open.press('\r');
  await open.shows('seen-again');
  expect(asked).toEqual([{ email: expect.stringContaining('@'), server: 'https://aim.example', layer: 'flag', mayAsk: true }]);
});

test('a sign-in that was given from outside cannot be renewed here, and that is said', async () => {
  open = await openDashboard();
  await open.shows('Needs you now');
  await open.press(CTRL_O);
  await open.shows('This sign-in was given from outside');
});
