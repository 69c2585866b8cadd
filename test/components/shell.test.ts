// The shell: what surrounds every screen, and the keys that mean the same on all of them.

import { afterEach, describe, expect, test } from 'vitest';
import { anAgent, anEvent, fakeServer } from './fake-api.ts';
import { ESC, type Harness, openDashboard, sizes } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('the shell', () => {
  test.each(Object.entries(sizes))('draws header, tabs and footer at the size %s', async (_, size) => {
    open = await openDashboard({ size, server: fakeServer({ agents: [anAgent()] }) });
    await open.shows('LOCAL');
    await open.shows('1 [Overview]');
    await open.shows('? help');
  });

  test('goes to a tab by its digit and back to the view before', async () => {
    open = await openDashboard({ server: fakeServer({ agents: [anAgent()] }) });
    await open.press('2');
    await open.shows('billing-bot');
    await open.press('3');
    await open.shows('Nothing has happened yet');
    await open.press('-');
    await open.shows('billing-bot');
  });

  test('opens an agent, shows where it is in the breadcrumbs, and comes back with escape', async () => {
    open = await openDashboard({ on: 'agents', server: fakeServer({ agents: [anAgent()] }) });
    await open.shows('billing-bot');
    await open.press('\r');
    await open.shows('Agents › billing-bot');
    await open.shows('May do without asking');
    await open.press(ESC);
    await open.lacks('May do without asking');
  });

  test('says that the terminal is too small, and recovers', async () => {
    open = await openDashboard({ server: fakeServer({ agents: [anAgent()] }) });
    await open.shows('Overview');
    await open.resize(30, 10);
    await open.shows('this one has 30×10');
    await open.resize(80, 24);
    await open.shows('Overview');
  });

  test('finds a screen in the palette by a few letters', async () => {
    open = await openDashboard({ server: fakeServer({ agents: [anAgent()] }) });
    await open.press(':', 'a', 'g', 'e', 'n', '\r');
    await open.shows('NAME');
  });

  test('lists the live keys in the help, and runs the one that is chosen', async () => {
    open = await openDashboard();
    await open.press('?');
    await open.shows('Open the command palette');
    await open.burst('go to events');
    await open.press('\r');
    await open.shows('Nothing has happened yet');
  });

  test('moves by each key of a burst, as a slow link delivers them', async () => {
    const agents = ['one', 'two', 'three'].map((name, index) => anAgent({ id: `a-${index}`, name }));
    open = await openDashboard({ on: 'agents', server: fakeServer({ agents }) });
    await open.shows('1/3');
    await open.burst('jj');
    await open.shows('3/3');
  });

  test('shows events as they come', async () => {
    const server = fakeServer();
    open = await openDashboard({ on: 'events', server });
    server.happen(anEvent({ id: 'v-1', action: 'db:read' }));
    await open.shows('db:read');
    expect(open.text()).toContain('allowed');
  });
});
