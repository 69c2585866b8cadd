// `c` on an agent: one of its capabilities in a form, or another by its name; and `N` on the list, the whole form of a new agent.

import { afterEach, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const held = {
  id: 'c-1',
  capabilityType: 'files:write',
  executionMode: 'auto',
  capabilityScope: { resources: ['/srv/*'], note: 'kept' },
};

function server() {
  const made = fakeServer({ agents: [anAgent({ id: 'id-1', name: 'billing-bot', capabilities: ['files:write'] })] });
  const sent: unknown[] = [];
  made.override['raw'] = (method: unknown, _path: unknown, options: unknown) => {
    if (method !== 'GET') sent.push({ method, ...(options as object) });
    return { status: 200, headers: {}, body: [held] };
  };
  return { made, sent };
}

test('mode and scope are changed in a form; what the scope says besides stays', async () => {
  const { made, sent } = server();
  open = await openDashboard({ registry, server: made, on: 'agent', of: 'id-1', size: [120, 40] });
  await open.shows('May do without asking');
  await open.press('c');
  await open.shows('capability of billing-bot');
  await open.press('\r');
  await open.shows('Edit files:write of billing-bot');
  await open.press('r', '\u0013');
  await open.shows('Saved files:write of billing-bot: executionMode');
  expect(sent).toMatchObject([
    {
      method: 'POST',
      body: { capabilityType: 'files:write', executionMode: 'review', scope: { resources: ['/srv/*'], note: 'kept' } },
      ifMatch: expect.stringMatching(/^"[0-9a-f]+"$/),
    },
  ]);
});

test('a capability that it has not is given only after a yes', async () => {
  const { made, sent } = server();
  open = await openDashboard({ registry, server: made, on: 'agent', of: 'id-1', size: [120, 40] });
  await open.shows('May do without asking');
  await open.press('c');
  await open.burst('email:send');
  await open.shows('give it');
  await open.press('\u001b[B', '\r');
  await open.shows(/Grant billing-bot/);
  await open.press('\u0013');
  await open.shows('y yes');
  expect(sent).toEqual([]);
  await open.press('\r');
  await open.lacks('y yes');
  expect(sent).toEqual([]);
});

test('N opens everything that a new agent can be told', async () => {
  open = await openDashboard({ registry, server: server().made, on: 'agents', size: [120, 40] });
  await open.shows('billing-bot');
  await open.press('N');
  await open.shows('New agent');
  for (const label of ['Name', 'Description', 'Type', 'Capabilities', 'Public key']) expect(open.text()).toContain(label);
});
