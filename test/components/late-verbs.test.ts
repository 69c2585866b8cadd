// The verbs come behind the first frame: what was pressed or typed before them is not lost, and decides nothing.

import { expect, test } from 'vitest';
import type { Action } from '../../commands/action.ts';
import { registry } from '../../commands/registry.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { openDashboard } from './harness.ts';

async function opened() {
  const verbs = Promise.withResolvers<readonly Action[]>();
  const server = fakeServer({ agents: [anAgent({ id: 'id-1', name: 'billing-bot' })] });
  const open = await openDashboard({ server, registry: () => verbs.promise, on: 'agents' });
  await open.shows('billing-bot');
  return { open, server, come: () => verbs.resolve(registry) };
}

test('a key that is a verb’s waits for it; one that is dangerous is to be pressed again', async () => {
  const { open, server, come } = await opened();
  expect(open.text()).not.toContain('suspend');
  await open.press('S');
  come();
  await open.shows('S was not taken');
  await open.shows('S suspend');
  expect(server.calls.map(({ name }) => name)).not.toContain('agents.suspend');
  await open.close();
});

test('a line that was typed before them is run when they are there', async () => {
  const { open, come } = await opened();
  await open.press(':');
  await open.burst('agents show billing-bot');
  await open.press('\r');
  come();
  await open.shows('id-1');
  await open.close();
});
