// What the queue says where nothing moves: which request ends soonest, and of when the counts are.

import { afterEach, expect, test } from 'vitest';
import type { Timestamp } from '../../src/wire/scalars.ts';
import { type OpenPanel, openApprovalsScreen } from './open-panel.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

let open: OpenPanel | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString() as Timestamp;

test('what ends soon is named above the list and marked in words, and its row keeps its place', async () => {
  open = await openApprovalsScreen([
    aSignedRequest({ id: 'v-1', resource: 'first' }, { requestedAt: at(-60), expiresAt: at(840) }),
    aSignedRequest({ id: 'v-2', resource: 'second' }, { requestedAt: at(-30), expiresAt: at(25) }),
  ]);
  await open.shows(/2 requests wait; ! 25s left for billing-bot/);
  expect(open.text()).toMatch(/▸[^\n]*first[^\n]*14m[\s\S]*second[^\n]*! 25s left/);
});

test('a decided row is never cut in the middle of a name', async () => {
  open = await openApprovalsScreen([aSignedRequest({ id: 'v-1' })]);
  open.server.arrive(aSignedRequest({ id: 'v-1' }, { status: 'approved', approvedBy: 'a-very-long-name@example.org' }));
  await open.shows('1 no longer waits');
  expect(open.text()).toContain('approved');
  expect(open.text()).not.toContain('approved by…');
});

test('an empty queue is told as of the last answer while the server is not heard', async () => {
  open = await openApprovalsScreen([]);
  await open.shows('Nothing waits for you.');
  open.server.emit({
    kind: 'link',
    link: { state: 'reconnecting', retryAt: at(1), attempt: 1, because: 'refused', lastEventAt: null },
  });
  await open.shows('Nothing waited for you when the server last answered.');
  expect(open.text()).toContain('0 requests waited when the server last answered');
  expect(open.text()).not.toMatch(/0 requests wait\b/);
});
