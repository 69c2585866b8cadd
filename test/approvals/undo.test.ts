// Taking a decision back, and proving who is there: what the panel does with them, key by key.

import { describe, expect, test } from 'vitest';
import type { VerificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { readAndReady, shownOf } from './machine-driver.ts';
import { aSignedRequest, NOW } from './signed-request.ts';
import { createWorld } from './simulated-world.ts';

const quorum = { approvalsNeeded: 1, denialsNeeded: 1, groups: [], policy: null, reviews: [] };
const iso = (at: number) => new Date(at).toISOString();
const decided = (members: Record<string, unknown>): ApprovalRequest =>
  aSignedRequest({}, { status: 'approved', quorum, approvedBy: 'me', ...members });

describe('undo', () => {
  test.each<[title: string, members: Record<string, unknown>, words: RegExp]>([
    ['says that the agent has heard of it, and asks nobody', { toldAt: iso(NOW) }, /agent was told/],
    ['says that ten seconds are over', { undoUntil: iso(NOW) }, /ten seconds; they are over/],
    ['says that this server takes nothing back', { quorum: null }, /takes no decision back/],
    ['says that there is nothing of mine', {}, /nothing of yours/],
  ])('%s', (_, members, words) => {
    const drive = readAndReady(decided(members)).press('undo');
    expect(drive.notice).toMatch(words);
    expect(drive.effects.map(({ kind }) => kind)).not.toContain('undo');
  });

  test('asks the server within the time, and the request is read and armed anew: a key that was on its way decides nothing', () => {
    const drive = readAndReady(decided({ undoUntil: iso(NOW + 10_000) })).press('undo');
    expect(drive.effects.at(-1)).toMatchObject({ kind: 'undo', idempotencyKey: 'key-1' });
    drive.send({ kind: 'undone', shown: shownOf(aSignedRequest({}, { quorum })), at: drive.at });
    expect(drive.notice).toBe('Taken back: it waits again.');
    drive.press('approve').press('confirm').see(20).press('approve').press('confirm');
    expect(drive.decisions).toEqual([]);
    drive.wait(1000).press('approve').wait(1000).press('confirm');
    expect(drive.decisions).toHaveLength(1);
  });

  test('what another reviewer took back is read and armed anew, too', () => {
    const drive = readAndReady(decided({}));
    drive.send({ kind: 'shown', shown: shownOf(aSignedRequest({}, { quorum })), at: drive.at });
    drive.wait(1000).press('approve');
    expect(drive.model.panel?.step.kind).toBe('reading');
  });

  test('a refusal of the server is said, and nothing is shown as taken back', () => {
    const drive = readAndReady(decided({ undoUntil: iso(NOW + 10_000) })).press('undo');
    drive.send({
      kind: 'not-undone',
      id: 'v-1' as VerificationId,
      words: 'NOT taken back: told' as never,
      at: drive.at,
    });
    expect([drive.notice, drive.model.panel?.shown.request.status]).toEqual(['NOT taken back: told', 'approved']);
  });
});

describe('a fresh sign-in', () => {
  const fresh = aSignedRequest({}, { quorum, steps: ['fresh-sign-in'], freshSignInSeconds: 300 });
  const signedIn = (words: string | null, at: number) =>
    ({ kind: 'signed-in', id: 'v-1' as VerificationId, words: words as never, at }) as const;

  test('comes between the two keys: the browser approves nothing, and the second key still does', () => {
    const drive = readAndReady(fresh).press('approve');
    expect([drive.model.panel?.step.kind, drive.effects.at(-1)?.kind]).toEqual(['signing-in', 'sign-in']);
    drive.wait(1000).press('confirm');
    expect(drive.decisions).toEqual([]);
    drive.send(signedIn(null, drive.at));
    expect(drive.model.panel?.step.kind).toBe('confirming');
    drive.press('confirm');
    expect(drive.decisions).toEqual([]);
    drive.wait(1000).press('approve').send(signedIn(null, drive.at)).wait(1000).press('confirm');
    expect(drive.decisions).toHaveLength(1);
  });

  test('an answer of the browser after esc leads nowhere', () => {
    const drive = readAndReady(fresh).press('approve').press('back');
    expect(drive.effects.at(-1)?.kind).toBe('stop-sign-in');
    drive.send(signedIn(null, drive.at));
    expect(drive.model.panel?.step.kind).toBe('reading');
  });

  test('an answer of the browser for another request leads nowhere', () => {
    const drive = readAndReady(fresh).press('approve');
    drive.send({ ...signedIn(null, drive.at), id: 'v-2' as VerificationId });
    expect(drive.model.panel?.step.kind).toBe('signing-in');
  });

  test('a request that changes while the browser is open is read again', () => {
    const drive = readAndReady(fresh).press('approve');
    const changed = aSignedRequest({ resource: '/etc/shadow' }, { quorum, steps: ['fresh-sign-in'] });
    drive.send({ kind: 'shown', shown: shownOf(changed), at: drive.at }).send(signedIn(null, drive.at));
    expect(drive.model.panel?.step.kind).toBe('reading');
  });

  test('a sign-in that failed says why and takes the first step back', () => {
    const drive = readAndReady(fresh)
      .press('approve')
      .send(signedIn('Not signed in: refused', NOW + 1000));
    expect([drive.notice, drive.model.panel?.step.kind]).toEqual(['Not signed in: refused', 'reading']);
  });
});

test('the stream, which tells everybody the same, does not take the undo away from who decided', async () => {
  const world = createWorld();
  world.ask('/etc/hosts');
  const ana = world.reviewers.get('ana');
  await ana?.open('v-1', 'read');
  ana?.readAll();
  await world.pass(800);
  ana?.press('approve', true, false);
  await world.pass(800);
  ana?.press('confirm', true, false);
  for (let turns = 0; turns < 5; turns++) await world.pass(1);
  const held = world.requests.get('v-1') as ApprovalRequest;
  const subject = { ...held, mayReview: null, undoUntil: null };
  ana?.store.take({
    kind: 'event',
    event: { type: 'approval', position: '9', at: held.requestedAt as never, change: 'decided', subject },
  });
  expect(ana?.store.get().panel?.shown.request.undoUntil).toBe(held.undoUntil);
  ana?.store.stop();
});
