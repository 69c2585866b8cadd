// What is said to whoever is not looking, and what the header says of a server that cannot write any more.

import { afterEach, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import type { StreamItem } from '../../src/http/api.ts';
import { aRequest, fakeServer, NOW } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
const bells: Harness[] = [];
afterEach(async () => {
  await open?.close();
  open = undefined;
  for (const harness of bells.splice(0)) {
    harness.dashboard.quit();
    await harness.exit;
  }
});

const asked = (seconds: number, members: Record<string, unknown> = {}): StreamItem =>
  ({
    kind: 'event',
    event: {
      type: 'approval',
      position: String(seconds),
      at: new Date(NOW + seconds * 1000).toISOString(),
      change: 'created',
      subject: aRequest({ id: `v-${seconds}`, ...members }),
    },
  }) as StreamItem;

test.each([
  ['bell', /\u0007/g],
  ['osc9', /\u001b\]9;aim LOCAL: \d requests? waits? for a decision\u0007/g],
  ['osc777', /\u001b\]777;notify;aim;aim LOCAL: \d requests? waits? for a decision\u0007/g],
] as const)('a new request is told by %s, in no word of an agent', async (attention, expected) => {
  const server = fakeServer();
  const harness = await openDashboard({ registry, server, settings: { attention } });
  bells.push(harness);
  await harness.shows('Verifications');
  expect(harness.raw()).not.toMatch(expected);
  server.emit(asked(-5));
  server.emit(asked(1, { agentName: 'evil\u0007bot', capability: 'steal:all' }));
  server.emit(asked(2));
  await harness.settled();
  expect(harness.raw().match(expected)).toHaveLength(1);
});

test('a full disk of the server is said in the header until it is over', async () => {
  const server = fakeServer();
  let isFull = true;
  server.override['raw GET /readyz'] = () =>
    isFull
      ? { status: 507, headers: {}, body: { error: 'There is no space left in /var/lib/aim.', reasonCode: 'storageFull' } }
      : { status: 200, headers: {}, body: { status: 'ready' } };
  open = await openDashboard({ registry, server });
  await open.shows('There is no space left in /var/lib/aim.');
  expect(open.rows()[0]).toContain('There is no space left');
  expect(open.rows()[0]).not.toContain('live');
  isFull = false;
  open.dashboard.state.features.setState({ version: '2' as never });
  await open.lacks('There is no space left');
});

test('a newcomer is told one thing at a time, until it was done once', async () => {
  open = await openDashboard({ registry, settings: { hints: true } });
  await open.shows('Tip: d starts three agents');
  await open.press('2');
  await open.shows('Tip: ? shows every key');
  await open.press('?');
  await open.shows('keys:');
  await open.press('\u001b');
  await open.shows('Tip: : reaches every screen');
});
