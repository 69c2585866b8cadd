// What is typed faster than the screen is drawn: every letter counts, in the order of the keys, and enter takes what was typed.

import { afterEach, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const NAMES: Record<string, string> = { '\r': 'enter', '\t': 'tab', ' ': 'space', '\u0013': 'ctrl-s' };

/** All keys in one turn of the event loop, so that nothing is drawn in between. */
function type(text: string): void {
  const { keyboard } = (open as Harness).dashboard;
  for (const character of text) {
    const name = NAMES[character] ?? character;
    const types = name.length === 1 || name === 'space' ? character : null;
    keyboard.dispatch({ kind: 'key', key: { name, text: types, lone: false, repeat: false, at: 0 } });
  }
}

const agents = ['billing-bot', 'mail-bot', 'ops-bot'].map((name, index) => anAgent({ id: `id-${index}`, name }));
const onAgents = async (): Promise<Harness> => {
  open = await openDashboard({ registry, server: fakeServer({ agents }), on: 'agents', size: [120, 40] });
  await open.shows('billing-bot');
  return open;
};

test('a filter', async () => {
  const { press, shows, lacks } = await onAgents();
  await press('/');
  await shows('/▏');
  type('asks for keys');
  await shows('/asks for keys▏');
  await press('\u001b');
  await lacks('asks for keys');
});

test('a line of the palette', async () => {
  const { press, shows } = await onAgents();
  await press(':');
  await shows(':▏');
  type('approvals\r');
  await shows('4 [Approvals');
});

test('two fields of a form, and the way from one to the other', async () => {
  const { press, shows } = await onAgents();
  await press('N');
  await shows('New agent');
  type('asks for keys\tand waits');
  await shows(/Name.* asks for keys/);
  await shows('and waits▏');
  await press('\u001b', '\u001b');
});
