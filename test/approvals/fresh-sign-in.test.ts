// The sign-in that policy asks for before a decision: made once for several, told as it goes, and not taken for fresh when it is not.

import { expect, test } from 'vitest';
import type { Shown } from '../../src/state/approvals/model.ts';
import { createSigner } from '../../src/state/approvals/signer.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

const shown = (freshSignInSeconds: number | null = 60) => ({ request: aSignedRequest({}, { freshSignInSeconds }) }) as Shown;

function signer(hasBrowser = true) {
  const events: unknown[] = [];
  const sittings: { note(words: string): void; signal: AbortSignal; done(token: string): void; fail(error: unknown): void }[] =
    [];
  const clock = { at: NOW };
  const one = createSigner({
    signIn: hasBrowser
      ? ({ note, signal }) => new Promise((done, fail) => sittings.push({ note, signal, done, fail }))
      : undefined,
    dispatch: (event) => void events.push(event),
    now: () => clock.at,
  });
  return { one, events, sittings, clock };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const signedIn = (words: string | null, at = NOW) => ({ kind: 'signed-in', id: 'v-1', words, at });

test('is told as it goes, and gives a token', async () => {
  const { one, events, sittings } = signer();
  expect(one.token()).toBeNull();
  one.signIn(shown());
  sittings[0]?.note('Open \u001bthis.');
  sittings[0]?.done('fresh');
  await settled();
  expect(events).toEqual([{ kind: 'sign-in-note', id: 'v-1', words: 'Open ␛this.', at: NOW }, signedIn(null)]);
  expect(one.token()).toBe('fresh');
});

test.each<[title: string, later: number, seconds: number | null, asks: number]>([
  ['is one for several decisions', 29_999, 60, 1],
  ['is made anew in the last half minute', 30_000, 60, 2],
  ['is made anew where policy names no time', 0, null, 2],
])('%s', async (_, later, seconds, asks) => {
  const { one, events, sittings, clock } = signer();
  one.signIn(shown());
  sittings[0]?.done('fresh');
  await settled();
  clock.at += later;
  one.signIn(shown(seconds));
  expect(sittings).toHaveLength(asks);
  expect(events).toHaveLength(asks === 1 ? 2 : 1);
});

test('without a browser says which command has one', () => {
  const { one, events } = signer(false);
  one.signIn(shown());
  expect(events).toEqual([signedIn('Here is no browser to sign in with: aim approvals approve v-1 --sign-in')]);
});

test('that fails says why', async () => {
  const { one, events, sittings } = signer();
  one.signIn(shown());
  sittings[0]?.fail(new Error('closed'));
  await settled();
  one.signIn(shown());
  sittings[1]?.fail('shut');
  await settled();
  expect(events).toEqual([signedIn('Not signed in: closed'), signedIn('Not signed in: shut')]);
  expect(one.token()).toBeNull();
});

test('that another one replaces, or that is left, says nothing any more', async () => {
  const { one, events, sittings } = signer();
  one.stop();
  one.signIn(shown());
  one.signIn(shown());
  expect(sittings.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  one.stop();
  expect(sittings[1]?.signal.aborted).toBe(true);
  for (const sitting of sittings) sitting.note('late');
  sittings[0]?.done('late');
  sittings[1]?.fail(new Error('late'));
  await settled();
  expect([events, one.token()]).toEqual([[], null]);
});
