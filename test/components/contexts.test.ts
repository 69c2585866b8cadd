// Several servers and sign-ins in one dashboard: what is shown is always of the server that the header names.

import { afterEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { anAgent, anEvent, type FakeServer, fakeServer } from './fake-api.ts';
import { ESC, type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

function at(address: string, agent: string): FakeServer {
  const server = fakeServer({ agents: [anAgent({ id: `id-${agent}`, name: agent })] });
  Object.assign(server.api, { server: address });
  return server;
}

async function onTwoServers(options: Parameters<typeof openDashboard>[0] = {}) {
  const laptop = at('http://127.0.0.1:4321', 'laptop-bot');
  const prod = at('https://aim.prod.example', 'prod-bot');
  open = await openDashboard({ registry, server: laptop, others: { prod }, on: 'agents', size: [120, 24], ...options });
  await open.shows('laptop-bot');
  return { harness: open, laptop, prod };
}

describe('another server', () => {
  test('is gone to by name, and nothing of the first one stays', async () => {
    const { harness, laptop } = await onTwoServers();
    laptop.happen(anEvent({ id: 'v-laptop', agentName: 'laptop-bot', action: 'laptop:secret' }));
    await harness.press('/');
    await harness.burst('laptop');
    await harness.press('\r', ' ', ':');
    await harness.burst('context prod');
    await harness.press('\r');
    await harness.shows('prod-bot');
    expect(harness.rows()[0]).toContain('PRODUCTION');
    expect(harness.rows()[0]).toContain('aim.prod.example');
    expect(harness.rows()[0]).toContain('somebody@prod');
    expect(harness.text()).not.toContain('laptop');
    await harness.press('3');
    await harness.shows('Nothing has happened yet');
    expect(laptop.calls.filter(({ name }) => name === 'agents.list')).toHaveLength(1);
  });

  test('is chosen from those there are', async () => {
    const { harness } = await onTwoServers();
    await harness.press('\u0005');
    await harness.shows(/PRODUCTION +prod +https:\/\/aim\.prod\.example/);
    await harness.press('\r');
    await harness.shows('prod-bot');
  });

  test('does nothing here with what was asked there', async () => {
    const { harness, laptop, prod } = await onTwoServers();
    await harness.press('S');
    await harness.shows('Suspend laptop-bot');
    await harness.dashboard.contexts?.switchTo('prod');
    await harness.shows('prod-bot');
    expect(harness.text()).not.toContain('Suspend laptop-bot');
    await harness.press('\r', 'y');
    await harness.settled();
    for (const server of [laptop, prod]) expect(server.calls.map(({ name }) => name)).not.toContain('agents.suspend');
  });

  test('where nobody is signed in is not gone to, and the next step is said', async () => {
    const { harness } = await onTwoServers();
    await harness.press(':');
    await harness.burst('context staging');
    await harness.press('\r');
    await harness.shows('Nobody is signed in to staging. aim login');
    expect(harness.text()).toContain('laptop-bot');
    expect(harness.rows()[0]).toContain('LOCAL');
  });
});

test('a line with a server, a filter and an order goes there and shows that', async () => {
  const { harness } = await onTwoServers();
  await harness.press(':');
  await harness.burst('agents @prod sort:-trust columns:name,trust /prod');
  await harness.press('\r');
  await harness.shows(/NAME +TRUST[▼v]/);
  await harness.shows('/prod');
  expect(harness.rows()[0]).toContain('PRODUCTION');
});

describe('read-only', () => {
  test('sends nothing that changes anything, whatever is pressed or typed', async () => {
    const { harness, laptop } = await onTwoServers({ settings: { readOnly: true } });
    const writes = () => laptop.calls.filter(({ name }) => WRITES.test(name));
    for (const screen of harness.dashboard.screens) {
      harness.dashboard.shell.jump(screen.id, screen.id === 'agent' ? 'id-laptop-bot' : null);
      await harness.settled();
      for (const binding of harness.dashboard.keyboard.live().filter(({ id }) => !LEAVES.test(id))) {
        if (!binding.disabled) binding.run({ name: '', text: null, lone: true, repeat: false, at: 0 });
        harness.dashboard.shell.close();
      }
    }
    for (const action of registry.filter(({ risk, commandLineOnly }) => risk && risk !== 'read' && !commandLineOnly)) {
      const args = Object.fromEntries(Object.keys(action.args).map((name) => [name, 'laptop-bot']));
      await expect(harness.dashboard.execute(action.id, args, {})).rejects.toThrow();
    }
    harness.dashboard.shell.close();
    await harness.press(ESC);
    await harness.settled();
    expect(writes()).toEqual([]);
  });
});

/** Every method of the client that changes something there. */
const WRITES =
  /\.(create|update|suspend|reactivate|verify|revoke|delete|approve|deny|comment|escalate|undo|nudge|assign|acknowledge|resolve|revokeGrant|quarantine|release|set\w*|put\w*)$|^raw (?!GET)/;

const LEAVES = /^(shell\.(quit|suspend|redraw)|demo$|logs\.)/;
